"""Plans, texts for a command's input, and folders that a command of the same call makes."""

import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.execution import CallScope, Limits, Outcome
from tenant_daemon.execution.shell import Shell
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy import PolicyContext, classify
from tenant_daemon.policy.actions import RunPipelines

Run = Callable[[str], Awaitable[Outcome]]


@pytest.fixture
def workspace(home: TenantHome) -> Path:
    return home.workspace(AgentConfig(agent_id="it-admin", name="IT").agent_id).resolve()


@pytest.fixture
def run(home: TenantHome, undo: UndoStore, scope: CallScope, workspace: Path) -> Run:
    """Judge a command line and run what was judged."""

    async def judge_and_run(command: str) -> Outcome:
        action = classify("shell", {"command": command}, PolicyContext(workspace)).action
        assert isinstance(action, RunPipelines), command
        return await Shell(home, undo, Limits()).run(action, workspace, scope)

    return judge_and_run


@pytest.mark.slow
async def test_lines_mean_what_bash_means_by_them(run: Run, workspace: Path) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    (workspace / "a.txt").write_text("one\ntwo\n")
    (workspace / "b.txt").write_text("three\n")
    (workspace / "out").mkdir()
    for command, output in (
        ("if test -f a.txt; then echo yes; else echo no; fi", "yes\n"),
        ("if test -f x.txt; then echo yes; else echo no; fi", "no\n"),
        ("if test -f x.txt; then echo 1; elif test -f a.txt; then echo 2; else echo 3; fi; echo 4", "2\n4\n"),
        ("if false; then echo 1; fi && echo 2", "2\n"),
        ("[ ! -f x.txt ] && echo missing", "missing\n"),
        ("! test -f x.txt && echo missing", "missing\n"),
        ("false && { echo 1; echo 2; }; echo 3", "3\n"),
        ("true || (echo 1; echo 2); echo 3", "3\n"),
        ("for f in *.txt; do wc -l < $f; done", "2\n1\n"),
        ("for i in {1..3}; do echo -n $i; done", "123"),
        ("for i in 1 2; do for j in a b; do echo $i$j; done; done", "1a\n1b\n2a\n2b\n"),
        ('N=1; head -n $N "a.txt"', "one\n"),
        ("(cd out && echo x > y); ls out", "y\n"),
        ("cd out; cat y; cd ..; cat b.txt", "x\nthree\n"),
        ("mkdir -p made && cd made && echo 1 > x && cat x", "1\n"),
        ("mkdir -p new && cat > new/a <<'E'\nhi $x\nE\ncat new/a", "hi $x\n"),
        (
            "cat <<E\nin a: $(wc -l < a.txt), \\$(no) $(head -1 a.txt)$(tail -1 b.txt)\nE",
            "in a: 2, $(no) onethree\n",
        ),
        ("false; cat <<E | wc -w\n$? $(cat a.txt)\nE", "3\n"),
        ("cd out && cat y nothing 2>&1 | head -1", "x\n"),
        ("if ! cat a.txt | grep -q nothing; then echo none; fi", "none\n"),
        ("if ! cat a.txt | grep -q one; then echo none; fi", ""),
        ("echo a 2>&1 b | cat", "a b\n"),
        ("cd out && for i in 1 2; do echo $i; done 2>&1 | tail -1", "2\n"),
        ('n=$(wc -l < a.txt); echo "$n lines"', "2 lines\n"),
        ('n=$(cat a.txt | head -1) && echo "[$n]" && echo "$n$n"', "[one]\noneone\n"),
        ('for f in a.txt b.txt; do n=$(wc -l < $f); echo "$f $n"; done', "a.txt 2\nb.txt 1\n"),
        ("n=$(grep -c x a.txt) || echo none", "none\n"),
        ("n=$(wc -l < a.txt); if [ $n -gt 1 ]; then echo many; else echo few; fi", "many\n"),
        ('m=$(head -1 a.txt); n=$(echo "$m" | tr a-z A-Z); echo "$m $n"', "one ONE\n"),
        ("comm -12 <(sort a.txt) <(head -1 a.txt)", "one\n"),
        ("cat <(echo 1) b.txt <(echo 2; echo 3)", "1\nthree\n2\n3\n"),
        ("diff <(sort a.txt) <(sort -r a.txt | sort) && echo same", "same\n"),
        ("export LC_ALL=C; printf 'b\\nB\\na\\n' | sort", "B\na\nb\n"),
        ("export X=5; echo $X", "5\n"),
        ("cat <<E\n$(date +%Y) \\$(date)\nE", f"{datetime.now(UTC):%Y} $(date)\n"),
        ("echo 'select 1+1;' | sqlite3 :memory:", "2\n"),
        ("perl -pe 's/o(.)/0\\1/g' a.txt | head -1", "0ne\n"),
        ("cat <<E | tr a-z A-Z\nhello\nE", "HELLO\n"),
        ('wc -w <<< "one two"', "2\n"),
        ("cat <<-E\n\tone\n\t\ttwo\n\tE", "one\ntwo\n"),
        ("{ echo 1; echo 2; } > g; cat g", "1\n2\n"),
        ("(echo 3; ls nope) >> g 2>/dev/null; cat g", "1\n2\n3\n"),
        ("echo {a,b}{1,2} x{,.y}", "a1 a2 b1 b2 x x.y\n"),
        ("echo a \\\n b", "a b\n"),
        ("# what is there\nls *.txt # two", "a.txt\nb.txt\n"),
        ("ls nope |& wc -l", "1\n"),
        (
            'a=1; echo "$a $(wc -l < a.txt) `wc -l < b.txt` $((a+1)) $(( $(wc -l < a.txt) - 3 ))"',
            "1 2 1 2 -1\n",
        ),
        ("n=$(wc -l < a.txt); echo $((n-1)) $(( (n + 4) * 2 / 3 % 3 )); m=$((n*n)); echo $m", "1 1\n4\n"),
        ('echo 3 4 | while read a b; do echo "$a $((b * 2 - $a))"; done', "3 5\n"),
        ("if [ $(( $(wc -l < a.txt) % 2 )) -eq 0 ]; then echo even; fi", "even\n"),
        ("echo $(( ($(date -d '2026-12-24' +%s) - $(date -d 2026-12-23 +%s)) / 3600 ))", "24\n"),
        ('while read -r x; do n=$(echo "$x" | wc -c); echo "$x $n"; done < a.txt', "one 4\ntwo 4\n"),
        ('for f in $(ls *.txt); do n=$(wc -l < $f); m=$(head -1 $f); echo "$n $m"; done', "2 one\n1 three\n"),
        (
            "tar cf - a.txt | tar tf -; tar -cf - out a.txt | tar xf - -C made a.txt; wc -l made/a.txt",
            "a.txt\n2 made/a.txt\n",
        ),
        ('echo `wc -l < a.txt` "`head -1 b.txt`"', "2 three\n"),
        ("if ! ls nope >/dev/null 2>&1; then echo none; fi", "none\n"),
        ("! grep one a.txt > found1 && echo none; cat found1", "one\n"),
        ("cd out 2>/dev/null || exit 1; ls y", "y\n"),
        ("test -f nope || exit 1; echo there", ""),
        ("test -f a.txt || exit 1; head -1 a.txt; echo there; exit 0", "one\nthere\n"),
        ("[ -f nope ] || { echo missing; exit 2; }; cat nope; echo 1", "missing\n"),
        ("if [ ! -f a.txt ]; then echo missing; exit 1; fi; head -1 a.txt", "one\n"),
        ("[ -f a.txt ] && exit 0; echo 1", ""),
        ("set -e; test -d out || exit 1; false; echo 1", ""),
        ("bash -c 'cd out && ls y; x=1; echo $x'; pwd | wc -l", "y\n1\n1\n"),
        ("bash -ec 'false; echo 1' || echo 2; sh -c 'echo 3' > y2; cat y2", "2\n3\n"),
        ('n=$(grep -c nothing a.txt || echo none); echo "$n"', "0\nnone\n"),
        (
            "f='a b.TXT'; echo ${f// /_} ${f,,} ${#f} ${f:2:3} ${f:-x} ${f/ /}",
            "a_b.TXT a b.txt 7 b.T a b.TXT ab.TXT\n",
        ),
        (
            "f=x/abc.d.e; echo ${f^^} ${f^} ${f%%.*} ${f##*/} ${f:2}",
            "X/ABC.D.E X/abc.d.e x/abc abc.d.e abc.d.e\n",
        ),
        ("[[ -f a.txt && -d out ]] && echo both; [[ -f a.txt && -f nope ]] || echo one", "both\none\n"),
        ("ls *.txt | sort -r | head -1 | xargs cat", "three\n"),
        ('tail -1 "$(ls *.txt | head -1)"', "two\n"),
        ("cat a.txt | sort | grep nothing || echo none", "none\n"),
        ("cat a.txt | sort | head -1 && echo 1 | cat | grep 2 || echo 3", "one\n3\n"),
        (
            "! cat a.txt | sort | grep nothing && echo none; ls nope 2>&1 | sort | grep x || echo 1",
            "none\n1\n",
        ),
        ("cat a.txt | sort | grep x && cat b.txt | sort | cat || echo 4", "4\n"),
        (
            "cat b.txt | sort | grep x || echo 5 2>/dev/null | cat; cat a.txt | cat | grep x || echo 6 | cat",
            "5\n6\n",
        ),
        ('echo "files: $(ls *.txt | wc -l)" $(echo a; echo b)', "files: 2 a b\n"),
        ('printf "%s-%s\\n" "$(cat a.txt)" end', "one\ntwo-end\n"),
        ("ls nope 2>/dev/null; echo $?; true; echo is $?", "2\nis 0\n"),
        ("echo $(cd out && ls) $(echo $(echo deep))", "y deep\n"),
        ("echo $((2 + 3 * (4 - 1) / 2)) $((-7 / 2)) $((-7 % 2))", "6 -3 -1\n"),
        ("n=3; echo $((n * n)) $(($n+1))", "9 4\n"),
        ("f=a/b.tar.gz; echo ${f%.gz} ${f%%.*} ${f#*/} ${f##*.} ${f%/*}", "a/b.tar a/b b.tar.gz gz a\n"),
        ('[ "$(ls *.txt | wc -l)" -gt 1 ] && echo many', "many\n"),
        ("[ $(ls *.txt | wc -l) -gt 9 ] || echo few", "few\n"),
        ('while read -r x; do echo "<$x>"; done < a.txt', "<one>\n<two>\n"),
        ("printf '1,2,3\\n4,5\\n' | while IFS=, read -r a b; do echo \"$b/$a\"; done", "2,3/1\n5/4\n"),
        ("printf ' a  b c\\n' | while read x y; do echo \"$x:$y\"; done", "a:b c\n"),
        ("for f in $(ls *.txt); do wc -l $f; done", "2 a.txt\n1 b.txt\n"),
        ('find out -type f | while read f; do echo "$f: $(cat $f)"; done', "out/y: x\n"),
        (
            "for x in $(cat b.txt); do for y in $(cat a.txt); do echo $x $y; done; done",
            "three one\nthree two\n",
        ),
        ("while read x; do echo $x; done < a.txt > seen; cat seen", "one\ntwo\n"),
        ("while read x; do echo $x; done < <(ls *.txt)", "a.txt\nb.txt\n"),
        ("cat $(ls *.txt) | head -1", "one\n"),
        ("for f in b.txt a.txt; do echo $f; done | sort", "a.txt\nb.txt\n"),
        ("{ echo b; echo a; } | sort | head -1", "a\n"),
        ("(echo b; echo a) | sort > sorted; cat sorted", "a\nb\n"),
        ("cat a.txt | while read x; do echo $x.; done | sort -r | tr a-z A-Z", "TWO.\nONE.\n"),
        ("printf 'a\\tb\\n' | cut -d$'\\t' -f2", "b\n"),
        ("echo $HOME | wc -l; cat ~/b.txt", "1\nthree\n"),
    ):
        assert (await run(command)).output == output, command


async def test_a_link_put_in_the_way_meanwhile_is_not_entered(run: Run, workspace: Path) -> None:
    # Judged while `way` was not there; when the second command starts it is a link.
    (workspace / "real").mkdir()
    (workspace / "real" / "x").write_text("secret")
    outcome = await run("ln -s real way && cd way && cat x")
    assert "secret" not in outcome.output


@pytest.mark.slow
async def test_what_is_held_in_memory_is_bounded(run: Run) -> None:
    outcome = await run("wc -c <(seq 1 9999999)")

    assert f"{64 * 1_048_576} /dev/fd/" in outcome.output
