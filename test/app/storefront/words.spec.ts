import assert from "node:assert/strict";
import fc from "fast-check";
import { changesBetween, changesInWords, onlyLeft } from "../../../app/storefront/src/changes.ts";
import { hashFor, parseRoute, type Route } from "../../../app/storefront/src/route.ts";
import { answersBySource } from "../../../app/storefront/src/visit.ts";
import { ago, listed, milliseconds } from "../../../app/storefront/src/words.ts";

const films = (ids: string) => [...ids].map((itemId) => ({ itemId }));

describe("Storefront URL", () => {
    it("`parseRoute` reads every URL hash that `hashFor` writes", () => {
        const id = fc.string({ minLength: 1, maxLength: 256, unit: "grapheme-ascii" });
        fc.assert(
            fc.property(
                fc.constantFrom("home", "compare", "status"),
                fc.option(id),
                fc.option(id),
                fc.option(id),
                (page, viewer, like, item) => {
                    const route: Route = {
                        page,
                        ...(viewer !== null && { viewer }),
                        ...(like !== null && { like }),
                        ...(item !== null && { item }),
                    } as Route;
                    assert.deepEqual(parseRoute(hashFor(route)), route);
                },
            ),
        );
    });

    it("`parseRoute` returns `home` for an empty URL hash and `missing` for an unknown hash", () => {
        for (const hash of ["", "#", "#/", "#main", "#/?viewer="]) {
            assert.deepEqual(parseRoute(hash), { page: "home" }, hash);
        }
        assert.deepEqual(parseRoute("#/nowhere?viewer=6"), { page: "missing", viewer: "6" });
    });
});

describe("`changesBetween`", () => {
    const marks = (before: string, after: string) =>
        [...changesBetween(films(before), films(after)).marks].map(
            ([id, mark]) => `${id} ${mark.kind}${"by" in mark ? ` ${mark.by}` : ""}`,
        );

    it("`changesBetween` returns new, moved and removed films", () => {
        assert.deepEqual(marks("abcd", "abcd"), []);
        assert.deepEqual(marks("abcd", "xabcd"), ["x new"], "who makes room did not move");
        assert.deepEqual(marks("abcd", "dabc"), ["d up 3", "a down 1", "b down 1", "c down 1"]);
        const { arrived, rose, gone } = changesBetween(films("abcd"), films("dxa"));
        assert.deepEqual([arrived, rose, gone.map(({ itemId }) => itemId).join("")], [1, 1, "bc"]);
    });

    it("`changesInWords` returns a sentence about the changes, or undefined without changes", () => {
        assert.equal(changesInWords(changesBetween(films("abcd"), films("dxa"))), "1 new, 1 moved up, 2 gone");
        assert.equal(changesInWords(changesBetween(films("ab"), films("ab"))), undefined);
        assert.equal(changesInWords(changesBetween([], films("ab"))), "2 new");
        const left = (before: string, after: string) => onlyLeft(changesBetween(films(before), films(after)), "b");
        assert.deepEqual([left("abc", "abc"), left("abc", "ac"), left("abc", "acd")], [true, true, true]);
        assert.deepEqual([left("abc", "ca"), left("abc", "bcd"), left("abc", "adef")], [false, false, false]);
    });
});

describe("Storefront text functions", () => {
    it("the functions `ago` and `milliseconds` return a time and a duration as text", () => {
        const now = Date.UTC(2026, 0, 2);
        const before = (seconds: number) => ago(new Date(now - seconds * 1000).toISOString(), now);
        assert.deepEqual([0, 30, 60, 7300, 172_800].map(before), [
            "just now",
            "30 seconds ago",
            "1 minute ago",
            "2 hours ago",
            "2 days ago",
        ]);
        assert.equal(ago("soon", now), "at an unknown time");
        assert.deepEqual([Math.PI, 42.4].map(milliseconds), ["3.1 ms", "42 ms"]);
    });

    it('`listed` joins at most three names with commas and "and", and counts further names', () => {
        assert.deepEqual(
            ["a", "ab", "abc", "abcd"].map((names) => listed([...names])),
            ["a", "a and b", "a, b and c", "a, b and 2 more"],
        );
    });

    it("`answersBySource` returns the number and the median duration of responses for each list source", () => {
        const calls = [
            ["cache", 4],
            ["cache", 1],
            ["popular", 9],
            ["cache", 2],
        ] as const;
        const of = [
            ...calls.map(([source, ms]) => ({ path: "", ms, source })),
            { path: "events", ms: 5, source: undefined },
        ];
        assert.deepEqual(answersBySource(of), [
            { source: "cache", count: 3, medianMs: 2 },
            { source: "popular", count: 1, medianMs: 9 },
        ]);
        assert.deepEqual(answersBySource([]), []);
    });
});
