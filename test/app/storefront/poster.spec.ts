import assert from "node:assert/strict";
import fc from "fast-check";
import { faces, guessed, lettered, setTitle, spoken } from "../../../app/storefront/src/poster/lettering.ts";
import { choosePalettes, luminance, mixed, tellingGenre } from "../../../app/storefront/src/poster/palettes.ts";
import { artwork, poster } from "../../../app/storefront/src/poster/poster.ts";
import { catalogue, oddTitles } from "./films.ts";

/** Parses well-formed markup to elements. Throws for any other text. */
function elementsOf(markup: string): string[] {
    const open: string[] = [];
    const all: string[] = [];
    const rest = markup.replace(
        /<(\/?)([a-zA-Z]+)((?:\s[\w:-]+=(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/g,
        (_, end, name, given, closed) => {
            if (end) assert.equal(open.pop(), name);
            else all.push(`${name}${given}`);
            if (!end && !closed) open.push(name);
            return "";
        },
    );
    assert.deepEqual([open, rest.match(/[<>]/)], [[], null], rest);
    return all;
}

describe("`poster`", () => {
    it("the poster of a film is always the same and differs from almost all other posters", () => {
        const drawn = catalogue.map((film) => artwork(film));
        assert.deepEqual(
            catalogue.map((film) => artwork(film)),
            drawn,
        );
        const titles = new Set(catalogue.map(({ title, year }) => `${title} ${year}`));
        assert.ok(new Set(drawn).size >= titles.size * 0.95, `${new Set(drawn).size} of ${titles.size}`);
    });

    it("the poster is well-formed SVG without styles or scripts, whatever the title contains", () => {
        const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.constantFrom(...oddTitles));
        fc.assert(
            fc.property(text, fc.option(fc.integer()), fc.array(text, { maxLength: 3 }), (title, year, genres) => {
                for (const element of elementsOf(poster({ title, year, genres }))) {
                    assert.match(element, /^(rect|circle|ellipse|path|g|defs|linearGradient|stop|text|tspan)\b/);
                    assert.doesNotMatch(element, /\s(style|on\w+|href)=/);
                    assert.doesNotMatch(element, /NaN|undefined|Infinity/);
                }
            }),
            { numRuns: 300 },
        );
    });

    it("the poster shows all words of the title and the year", () => {
        for (const film of catalogue) {
            const words = elementsText(poster(film));
            const expected = `${lettered(film.title)}${film.year ?? ""}`.replaceAll(/\s/g, "");
            assert.equal(words.toLowerCase(), expected.toLowerCase());
        }
    });

    it("the poster's letters have a contrast above 4.5", () => {
        const contrast = (a: string, b: string) => {
            const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other);
            return (high + 0.05) / (low + 0.05);
        };
        for (const genre of ["action", "comedy", "children's", "drama", "western", "sci-fi", ""]) {
            for (const { near } of choosePalettes(genre)) {
                const foot = mixed(near, "#000000", 0.25);
                const letters = luminance(foot) < 0.3 ? "#fdf6e6" : "#14110f";
                assert.ok(contrast(foot, letters) > 4.5, `${genre}: ${near}`);
            }
        }
    });

    it("`tellingGenre` returns the film's most characteristic genre", () => {
        assert.equal(tellingGenre(["Drama", "Western"]), "western");
        assert.equal(tellingGenre(["Action", "Sci-Fi", "War"]), "sci-fi");
        assert.equal(tellingGenre(["Science Fiction"]), "sci-fi");
        assert.equal(tellingGenre(["Cooking"]), "");
    });
});

const elementsText = (markup: string) =>
    markup
        .replaceAll(/<[^>]*>/g, "")
        .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
        .replaceAll(/\s/g, "");

describe("Poster title", () => {
    it("`spoken` moves a title's article to the front, and `lettered` removes an alternative title in brackets", () => {
        assert.equal(spoken("Usual Suspects, The"), "The Usual Suspects");
        assert.equal(spoken("Misérables, Les"), "Les Misérables");
        assert.equal(spoken("Avventura, L'"), "L'Avventura");
        assert.equal(spoken("City of Lost Children, The (Cité)"), "The City of Lost Children (Cité)");
        assert.equal(spoken("Crouching Tiger, Hidden Dragon"), "Crouching Tiger, Hidden Dragon");
        assert.equal(lettered("Shanghai Triad (Yao a yao)"), "Shanghai Triad");
        assert.equal(lettered("(500)"), "(500)");
    });

    it("`setTitle` fits any title into the poster's box for the title", () => {
        const word = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(..."abcdeimwMW'") });
        const box = { width: 168, height: 88, largest: 44, mostLines: 4 };
        fc.assert(
            fc.property(
                fc.array(word, { minLength: 1, maxLength: 8 }),
                fc.constantFrom(...Object.values(faces)),
                (words, face) => {
                    const { lines, size } = setTitle(words.join(" "), face, box);
                    assert.equal(lines.join(" ").toLowerCase(), words.join(" ").toLowerCase());
                    assert.ok(size > 0 && size <= box.largest && lines.length <= box.mostLines);
                    assert.ok(lines.length * face.leading * size <= box.height + 0.01);
                    for (const text of lines) assert.ok(guessed(text, face) * size <= box.width + 0.01);
                },
            ),
        );
        assert.deepEqual(setTitle("One Two Three Four", faces.calm, box).lines, ["One Two", "Three Four"]);
    });
});
