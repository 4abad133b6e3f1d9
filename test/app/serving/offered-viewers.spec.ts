import assert from "node:assert/strict";
import { offeredViewers } from "../../../app/serving/offered-viewers.ts";
import type { TablesDocument } from "../../../data-prep/tables/document.ts";
import { fake } from "../../support/fake.ts";

describe("`offeredViewers`", () => {
    const watched = { films: [0, 1, 2], timestamps: [3, 2, 1] };
    const tables = fake<TablesDocument>({
        films: { genres: [0, 1, 0] },
        genreSets: [["Drama"], ["Western"]],
        histories: { "6": { films: [1], timestamps: [9] }, "22": watched, "ann@shop.example": watched },
    });
    const drama = { genres: ["Drama"], items: 3 };

    it("`offeredViewers` returns example viewers of MovieLens first, each with genres and number of films", () => {
        const viewers = [
            { id: "22", ...drama },
            { id: "6", genres: [], items: 1 },
        ];
        assert.deepEqual(offeredViewers(tables, true), [...viewers, { id: "ann@shop.example", ...drama }]);
        assert.deepEqual(offeredViewers(tables, false), viewers);
    });

    it("`offeredViewers` returns no viewers for tables without histories", () => {
        assert.deepEqual(offeredViewers({ films: tables.films, genreSets: [] }, true), []);
    });
});
