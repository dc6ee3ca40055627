"""Businesses as people describe them, in English and German, and what the classifier makes of them."""

import pytest

from letsbe_app.shop.catalog.service import Catalog
from letsbe_app.shop.onboarding.classifier import (
    Keyword,
    Verdict,
    built_in_keywords,
    classify,
    parse_keywords,
)

DESCRIPTIONS = [
    ("freelancer", "I am a freelance photographer and shoot weddings."),
    ("freelancer", "Freiberufliche Übersetzerin für Spanisch und Deutsch"),
    ("freelancer", "I write blog posts and newsletters for companies, all by myself."),
    ("freelancer", "Solo web developer building sites for small shops"),
    ("freelancer", "Ich bin selbstständige Illustratorin und gestalte Kinderbücher."),
    ("freelancer", "self-employed copywriter"),
    ("freelancer", "Musician and podcaster, I work alone from home"),
    ("freelancer", "Einzelunternehmer, Grafikdesign und Fotografie"),
    ("freelancer", "I'm an artist taking commissions through my portfolio"),
    ("agency", "We are a marketing agency with eight people and run campaigns for our clients."),
    ("agency", "Werbeagentur in Hamburg, 12 Mitarbeiter, Kampagnen und Branding"),
    ("agency", "Creative studio: branding, social media and content for several clients"),
    ("agency", "Designstudio mit Team, wir betreuen mehrere Kunden und Projekte"),
    ("agency", "A small PR firm doing campaigns and social media"),
    ("agency", "Webagentur: SEO, Werbung und Webseiten für unsere Kunden"),
    ("agency", "We place advertising and manage the ad spend of our clients' projects"),
    ("online-shop", "I sell handmade jewellery in my online shop."),
    ("online-shop", "Onlineshop für nachhaltige Kleidung, Versand in die EU"),
    ("online-shop", "We run an e-commerce store for bike parts and ship from our own warehouse."),
    ("online-shop", "Etsy seller with candles, about 40 orders a week"),
    ("online-shop", "Wir verkaufen online Ersatzteile und haben ein eigenes Lager."),
    ("online-shop", "Dropshipping of phone cases"),
    ("online-shop", "Versandhandel für Tee, viele Bestellungen, Newsletter an Kunden"),
    ("online-shop", "Web shop selling cosmetics; returns and support take all day"),
    ("online-shop", "Wholesale of furniture with stock and inventory to keep track of"),
    ("consulting", "Management consulting for mid-size companies"),
    ("consulting", "Unternehmensberatung mit Workshops und Seminaren"),
    ("consulting", "I am a business coach; clients book sessions and sign contracts."),
    ("consulting", "Steuerberaterkanzlei mit 5 Angestellten und vielen Mandanten"),
    ("consulting", "Small law firm, three lawyers"),
    ("consulting", "Rechtsanwältin für Familienrecht, Termine und Verträge"),
    ("consulting", "Architekturbüro, wir beraten Bauherren"),
    ("consulting", "Independent financial advisor with insurance and tax questions"),
    ("consulting", "We recruit engineers and sign NDAs with every client"),
    ("consulting", "Buchhaltung und Lohnabrechnung für kleine Firmen"),
    ("freelancer", "A translation bureau"),
    ("freelancer", "I build apps for startups"),
    ("freelancer", "Ich bin Hebamme"),
    ("agency", "podcast production company"),
    ("online-shop", "Ich verkaufe selbstgemachte Seifen im Internet"),
    ("online-shop", "Weinhandel mit Versand"),
    ("consulting", "We do not sell anything online; we coach executives"),
    ("consulting", "IT support for small companies"),
    ("local-business", "Hundeschule mit Gruppenkursen"),
    ("local-business", "Wir vermieten Ferienwohnungen"),
    ("local-business", "We run a small nail salon and want customers to book by themselves"),
    ("local-business", "We own a bakery with two branches and a few tables."),
    ("local-business", "Friseursalon in der Stadt, Termine übers Telefon"),
    ("local-business", "A yoga studio with weekly classes and 120 members"),
    ("local-business", "Zahnarztpraxis mit drei Behandlungszimmern"),
    ("local-business", "Family restaurant, reservations and a changing menu"),
    ("local-business", "Autowerkstatt und Reifenhandel"),
    ("local-business", "Small hotel at the lake, 20 rooms, many guests"),
    ("local-business", "Elektriker, Handwerksbetrieb mit vier Leuten"),
    ("local-business", "A pub in the village with live music"),
    ("local-business", "Tierarzt auf dem Land"),
    ("local-business", "Physiotherapie und Massage, die Patienten buchen online"),
    ("local-business", "A florist, we do weddings and funerals"),
    ("local-business", "Buchhandlung mit Lesungen"),
    ("local-business", "We do not sell online, we are a butcher's shop."),
    ("local-business", "Kein Onlineshop, sondern ein Café mit Mittagstisch"),
]


@pytest.mark.parametrize(("bundle_id", "description"), DESCRIPTIONS)
def test_the_description_gives_the_bundle(bundle_id: str, description: str) -> None:
    result = classify(description, built_in_keywords())

    assert result.verdicts[0].bundle_id == bundle_id, result.verdicts[:2]
    assert result.confidence > 0


@pytest.mark.parametrize("description", ["", "   ", "!!!", "Hello, we are new here.", "xyzzy " * 500])
def test_without_evidence_it_is_not_sure_at_all(description: str) -> None:
    result = classify(description, built_in_keywords())

    assert result.confidence == 0
    assert all(verdict.score == 0 for verdict in result.verdicts)


def test_more_evidence_makes_it_surer_and_contrary_evidence_less() -> None:
    weak = classify("I sell things", built_in_keywords()).confidence
    strong = classify("Our online shop ships orders from the warehouse", built_in_keywords()).confidence
    torn = classify("An agency with an online shop", built_in_keywords()).confidence

    assert weak < strong
    assert torn < strong
    assert strong < 1


def test_the_words_that_counted_are_named_as_written_strongest_first() -> None:
    verdict = classify("Bäckerei mit ein paar Tischen und viel Brot", built_in_keywords()).verdicts[0]

    assert verdict == Verdict("local-business", 4, ("baeckerei", "brot"))


def test_a_word_counts_once_however_often_it_is_written() -> None:
    once = classify("bakery", built_in_keywords())
    often = classify("bakery bakery bakery", built_in_keywords())

    assert once == often


def test_capitals_accents_and_umlauts_do_not_matter() -> None:
    results = {classify(text, built_in_keywords()).verdicts[0] for text in ("BÄCKEREI", "baeckerei")}
    cafes = {classify(text, built_in_keywords()).verdicts[0] for text in ("Café", "cafe")}

    assert (len(results), len(cafes)) == (1, 1)


def test_keywords_are_words_phrases_and_stems() -> None:
    keywords = parse_keywords({"a": {"3": ["fish and chips", "bak*", "*schule"]}})

    assert keywords == (
        Keyword("a", ("fish", "and", "chips"), 3),
        Keyword("a", ("bak",), 3, is_stem=True),
        Keyword("a", ("schule",), 3, is_ending=True),
    )
    assert classify("eine Hundeschule", keywords).verdicts[0].words == ("hundeschule",)
    assert classify("ein Hundeschulzimmer", keywords).verdicts[0].score == 0
    assert classify("our fish and chips", keywords).verdicts[0].words == ("fish and chips",)
    assert classify("fish or chips", keywords).verdicts[0].score == 0
    assert classify("a baker", keywords).verdicts[0].words == ("baker",)
    assert classify("the fish and", keywords).verdicts[0].score == 0


def test_every_bundle_has_words_and_every_word_a_bundle() -> None:
    assert {keyword.bundle_id for keyword in built_in_keywords()} == {
        bundle.id for bundle in Catalog.load().bundles
    }
    assert all(keyword.words and keyword.weight in (1, 2, 3) for keyword in built_in_keywords())
