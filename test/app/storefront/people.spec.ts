import assert from "node:assert/strict";
import fc from "fast-check";
import { explainItem, tasteBy } from "../../../app/storefront/src/why.ts";
import {
    chooseGivenName,
    type ItemList,
    type ListedItem,
    shortened,
    shortId,
    wordsOfList,
} from "../../../app/storefront/src/words.ts";
import { knownViewers } from "../../../data-prep/tables/viewers.ts";

const film = (itemId: string, ...genres: string[]): ListedItem => ({
    itemId,
    title: `Film ${itemId}`,
    year: 1990,
    genres,
});
const listOf = (films: readonly ListedItem[], more: Partial<ItemList> = {}): ItemList => ({
    source: "campaign",
    viewerKnown: true,
    items: [...films],
    ...more,
});

describe("`chooseGivenName` and `shortId`", () => {
    it("`chooseGivenName` invents a first name for an ID with digits, always the same name", () => {
        fc.assert(
            fc.property(fc.string({ minLength: 1, maxLength: 6 }), fc.nat(99_999), (text, number) => {
                const id = `${text}${number}`;
                assert.match(chooseGivenName(id) ?? "", /^[A-Z][a-z]+$/);
                assert.equal(chooseGivenName(id), chooseGivenName(id));
            }),
        );
        // These names are literals: if the function changed, users would see other names for the same viewers.
        assert.deepEqual(["22", "6", "122"].map(chooseGivenName), ["Lea", "Amir", "Maja"]);
    });

    it("`chooseGivenName` invents no name for an ID without digits, which may be a name", () => {
        for (const id of ["jane", "jane.doe@example.com", "a/b 七", ""])
            assert.equal(chooseGivenName(id), undefined, id);
    });

    it("`shortId` shortens a long ID, and `chooseGivenName` invents no name for such an ID", () => {
        for (const [id, shown] of [
            ["3f2a91c4-7b1e-4c55-9d0a-2b7f6a1c9e10", "3f2a91c4…"],
            ["customer-000123456", "…00123456"],
            ["CUST-0042", "CUST-0042"],
        ] as const) {
            assert.equal(shortId(id), shown);
            assert.equal(chooseGivenName(id) === undefined, shown !== id);
        }
    });

    it("`chooseGivenName` distributes names evenly over MovieLens users, and viewers in the viewer menu have different names", () => {
        assert.equal(new Set(knownViewers.map(chooseGivenName)).size, knownViewers.length);
        const counts = new Map<string | undefined, number>();
        for (let id = 1; id <= 943; id++) {
            const name = chooseGivenName(String(id));
            counts.set(name, (counts.get(name) ?? 0) + 1);
        }
        assert.ok(Math.max(...counts.values()) < 943 / 20, "no name has a twentieth of all viewers");
    });
});

const drama = [film("1", "Drama", "War"), film("2", "Drama"), film("3", "War", "Drama"), film("4", "Western")];

describe("`tasteBy`", () => {
    it("`tasteBy` returns the most frequent genres if at least three watched films are known", () => {
        assert.deepEqual(tasteBy(drama, undefined, "you"), {
            genres: ["Drama", "War"],
            sentence: "Mostly Drama and War, by the films that you watched",
        });
        assert.equal(tasteBy(drama.slice(0, 2), undefined, "you"), undefined);
        assert.equal(tasteBy([film("1", "A"), film("2", "B"), film("3", "C")], undefined, "you"), undefined);
    });

    it("`tasteBy` uses the viewer's recommended list if fewer than three watched films are known", () => {
        const sentence = tasteBy([], listOf(drama), "Lea (22)")?.sentence;
        assert.equal(sentence, "Mostly Drama and War, by this list");
        assert.equal(tasteBy([], listOf(drama, { source: "popular" }), "Lea (22)"), undefined);
        for (const viewerKnown of [false, null])
            assert.equal(tasteBy([], listOf(drama, { viewerKnown }), "Lea (22)"), undefined);
        assert.match(tasteBy(drama, listOf([]), "Lea (22)")?.sentence ?? "", /by the films that they watched$/);
    });
});

describe("`shortened`", () => {
    it("`shortened` returns as many genres as fit into a number of letters, but at least one genre", () => {
        assert.deepEqual(shortened(["Action", "Crime", "Drama"], 15), { shown: ["Action", "Crime"], rest: ["Drama"] });
        assert.deepEqual(shortened(["Documentary", "War"], 3), { shown: ["Documentary"], rest: ["War"] });
        assert.deepEqual(shortened(["War", "War"], 20), { shown: ["War"], rest: [] });
        assert.deepEqual(shortened([], 20), { shown: [], rest: [] });
        fc.assert(
            fc.property(fc.array(fc.string({ minLength: 1 })), fc.nat(40), (genres, letters) => {
                const { shown, rest } = shortened(genres, letters);
                assert.deepEqual([...shown, ...rest], [...new Set(genres)]);
                assert.ok(shown.length > 0 || genres.length === 0);
            }),
        );
    });
});

describe("`explainItem`", () => {
    const [a, b, c, d] = [film("a"), film("b"), film("c"), film("d")] as const;
    const input = { itemId: "b", origin: undefined, watched: [], similar: undefined, who: "Lea (22)" };
    const because = (...films: ListedItem[]) => listOf([a, b], { source: "similar", because: films });

    it("a list whose source the API does not name, as in an experiment, has no explanation of its origin", () => {
        const { source: _, ...list } = listOf(drama, { viewerKnown: true });
        assert.equal(wordsOfList(list), undefined);
        assert.equal(tasteBy([], list, "you"), undefined);
        const reasons = explainItem({ ...input, itemId: "2", origin: { title: "Top picks", list } });
        assert.deepEqual(reasons, ["Number 2 of 4 in “Top picks”."]);
    });

    it("`explainItem` returns the film's rank in a list, and nothing if the list does not contain the film", () => {
        assert.deepEqual(explainItem(input), []);
        assert.deepEqual(explainItem({ ...input, origin: { title: "Top picks", list: listOf([a, b, c]) } }), [
            "Number 2 of 3 in “Top picks”: Personal (live).",
        ]);
        const perhaps = listOf([b], { viewerKnown: null });
        assert.deepEqual(explainItem({ ...input, origin: { title: "Top picks", list: perhaps } }), [
            "Number 1 of 1 in “Top picks”: Recommendations.",
        ]);
        assert.deepEqual(explainItem({ ...input, origin: { title: "Top picks", list: listOf([a]) } }), []);
    });

    it("`explainItem` names the watched films that are similar to the recommended film", () => {
        assert.deepEqual(explainItem({ ...input, watched: [b, c, d], similar: [a, d] }), [
            "Close to Film d, which Lea (22) watched.",
        ]);
        assert.deepEqual(explainItem({ ...input, watched: [c], similar: [a, d] }), []);
    });

    it("`explainItem` states that a film was watched only if the viewer watched that film", () => {
        const origin = { title: "Similar", list: because(c) };
        assert.equal(explainItem({ ...input, origin, watched: [c] })[1], "Close to Film c, which Lea (22) watched.");
        assert.equal(explainItem({ ...input, origin })[1], "The list has films like Film c.");
        const many = { title: "Similar", list: because(c, d) };
        assert.equal(
            explainItem({ ...input, origin: many, watched: [c, d] })[1],
            "The list has films like Film c and Film d.",
        );
        assert.equal(
            explainItem({ ...input, origin: many, watched: [c, d], similar: [c] })[1],
            "Close to Film c, which Lea (22) watched.",
        );
    });
});
