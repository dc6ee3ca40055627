"""What is deleted is gone from the file as well."""

from pathlib import Path

from sqlalchemy import text

from letsbe_app.db.session import Database


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_deleted_and_replaced_text_is_overwritten(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/hub.db")
    said = {"gone": "Rye+Salt/quartz-42 " * 400, "changed": "Kn0p-Vlieger+88/zx " * 400}
    async with database.write() as session:
        await session.exec(text("CREATE TABLE word (name TEXT PRIMARY KEY, text TEXT)"))  # type: ignore[call-overload]
        insert = text("INSERT INTO word VALUES (:n, :w)")
        for name, words in said.items():
            await session.exec(insert.bindparams(n=name, w=words))  # type: ignore[call-overload]
    async with database.write() as session:
        await session.exec(text("DELETE FROM word WHERE name = 'gone'"))  # type: ignore[call-overload]
        await session.exec(text("UPDATE word SET text = 'clean' WHERE name = 'changed'"))  # type: ignore[call-overload]
    await database.close()

    data = all_bytes(tmp_path)
    assert b"clean" in data
    assert b"quartz" not in data
    assert b"Vlieger" not in data
