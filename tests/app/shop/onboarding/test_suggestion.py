"""Suggestions in words."""

from letsbe_app.composition import Services


async def test_a_clear_description_is_answered_with_its_own_words(services: Services) -> None:
    suggestion = services.onboarding.suggest("We run a bakery with a few tables in the village.")

    assert suggestion.bundle.id == "local-business"
    assert suggestion.confidence > 0.6
    assert suggestion.reasons == ["You wrote “bakery”, “tables”, “village”: that speaks for Local business."]
    assert suggestion.alternatives == []


async def test_a_torn_description_names_the_alternative_and_the_doubt(services: Services) -> None:
    suggestion = services.onboarding.suggest("An agency with an online shop")

    assert {suggestion.bundle.id, suggestion.alternatives[0].id} == {"agency", "online-shop"}
    assert "not quite sure" in suggestion.reasons[1]


async def test_without_evidence_it_says_so_and_offers_everything(services: Services) -> None:
    suggestion = services.onboarding.suggest("Hello!")

    assert (suggestion.bundle.id, suggestion.confidence) == ("freelancer", 0.0)
    assert len(suggestion.alternatives) == 4
    assert suggestion.reasons[0].startswith("We could not tell")
