import assert from "node:assert/strict";
import fc from "fast-check";
import { folded, titleIndex } from "../../../app/serving/title-index.ts";

/** Titles as MovieLens 25M writes them. The tests search for them with the words that people usually type. */
const titles = [
    "Amelie (Fabuleux destin d'Amélie Poulain, Le)",
    "Léon: The Professional (a.k.a. The Professional) (Léon)",
    "WALL·E",
    "Spider-Man",
    "Æon Flux",
    "E.T. the Extra-Terrestrial",
    "M*A*S*H (a.k.a. MASH)",
    "Ocean's Eleven",
    "Usual Suspects, The",
    "Život je čudo",
    "$ (Dollars)",
    "Straße der Sehnsucht",
    "M",
    "Misérables, Les",
];
const search = titleIndex(titles);
const named = (query: string, count = 25) => search(query, count).map((number) => titles[number]);

describe("Title search", () => {
    for (const [query, title] of [
        ["amelie", titles[0]],
        ["AMÉLIE poulain", titles[0]],
        ["leon", titles[1]],
        ["wall e", titles[2]],
        ["spider man", titles[3]],
        ["aeon", titles[4]],
        ["et extra", titles[5]],
        ["mash", titles[6]],
        ["oceans 11", undefined],
        ["oceans el", titles[7]],
        ["the usual suspects", titles[8]],
        ["zivot", titles[9]],
        ["dollars", titles[10]],
        ["strasse", titles[11]],
        ["les miserables", titles[13]],
    ] as const) {
        it(`the title search for “${query}” finds ${title ?? "nothing"}`, () => assert.equal(named(query)[0], title));
    }

    it("the title search ranks an equal title first, then a match at the start, a whole word, and a part of a word", () => {
        const some = ["Stargate", "Evening Star, The", "Star Wars", "Custard Stars", "Star"];
        const foundTitles = titleIndex(some)("star", 25).map((number) => some[number]);
        assert.deepEqual(foundTitles, ["Star", "Stargate", "Star Wars", "Evening Star, The", "Custard Stars"]);
        assert.deepEqual(titleIndex(some)("star", 2), [4, 0]);
        assert.deepEqual(titleIndex(some)("tar", 25), [0, 1, 2, 3, 4], "equal matches keep the order of the titles");
    });

    it("the title search finds a title by ID, or by words in any order", () => {
        for (const title of titles) {
            assert.equal(named(title)[0], title);
            assert.ok(named(folded(title).split(" ").reverse().join(" ")).includes(title), title);
        }
        assert.deepEqual(titleIndex(["P-1001", "B0017T2MWW", "七人の侍"])("b0017", 5), [1]);
        assert.deepEqual(titleIndex(["P-1001", "B0017T2MWW", "七人の侍"])("侍", 5), [2]);
    });

    it("the title search returns nothing for a blank or unmatched query", () => {
        for (const query of ["", "  ", "zzz", "!!!"]) assert.deepEqual(search(query, 25), [], query);
        assert.deepEqual(titleIndex([])("a", 25), []);
    });

    it("the title search finds the same films as a comparison with every title", () => {
        const text = fc.string({ unit: fc.constantFrom("a", "b", "É", " ", "-", "\n", "$", "ß"), maxLength: 6 });
        fc.assert(
            fc.property(fc.array(text, { maxLength: 20 }), text, (all, query) => {
                const words = folded(query).split(" ");
                const expected = all.flatMap((title, number) =>
                    folded(query) !== "" && words.every((word) => folded(title).includes(word)) ? [number] : [],
                );
                assert.deepEqual(
                    titleIndex(all)(query, 100).toSorted((a, b) => a - b),
                    expected,
                );
            }),
        );
    });
});

describe("`folded`", () => {
    it("`folded` replaces accented Latin letters with the same ASCII letters as Lucene's ASCIIFoldingFilter", () => {
        for (const [from, to] of [
            ["Des mot clés À LA CHAÎNE", "des mot cles a la chaine"],
            ["À Á Â Ã Ä Å Æ Ç È É Ê Ë", "a a a a a a ae c e e e e"],
            ["Ì Í Î Ï Ĳ Ð Ñ Ò Ó Ô Õ Ö Ø Œ Þ", "i i i i ij d n o o o o o o oe th"],
            ["Ù Ú Û Ü Ý Ÿ à á â ã ä å æ ç", "u u u u y y a a a a a a ae c"],
            ["è é ê ë ì í î ï ĳ ð ñ ò ó", "e e e e i i i i ij d n o o"],
            ["ô õ ö ø œ ß þ ù ú û ü ý ÿ ﬁ ﬂ", "o o o o oe ss th u u u u y y fi fl"],
        ] as const) {
            assert.equal(folded(from), to);
        }
    });
});
