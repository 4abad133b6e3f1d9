import assert from "node:assert/strict";
import {
    clearsTo,
    fromAws,
    items,
    type Kinds,
    list,
    memberAt,
    nestedPaths,
    struct,
    toAws,
    value,
    withDefault,
} from "../../aws-plugin/kinds.ts";

describe("toAws and fromAws of the local AWS plugin", () => {
    const kinds: Kinds = {
        title: value,
        shelf: memberAt("Place.Shelf", value, "A"),
        note: clearsTo("", value),
        covers: list(struct({ colour: value, width: withDefault(10) })),
        tags: items(),
    };

    it("toAws sends a list with its length as `Quantity`", () => {
        assert.deepEqual(toAws(kinds, { tags: ["a", "b"] }).Tags, { Quantity: 2, Items: ["a", "b"] });
    });

    it("fromAws omits default values of arguments that the program does not set, also in lists", () => {
        const answer = { Title: "films", Place: { Shelf: "A" }, Note: "", Covers: [{ Colour: "red", Width: 10 }] };
        const state = { title: "films", covers: [{ colour: "red" }] };
        assert.deepEqual(fromAws(kinds, answer, state), state);
        assert.deepEqual(fromAws(kinds, { ...answer, Covers: [] }, { title: "films" }), { title: "films" });
    });

    it("fromAws returns changed values, and the default for an argument that AWS's response omits", () => {
        const answer = { Title: "novels", Covers: [{ Colour: "red", Width: 9 }], Tags: { Items: ["a"] } };
        const state = { title: "films", shelf: "B", note: "old", covers: [{ colour: "red" }] };
        assert.deepEqual(fromAws(kinds, answer, state), {
            title: "novels",
            shelf: "A",
            note: undefined,
            covers: [{ colour: "red", width: 9 }],
            tags: ["a"],
        });
    });

    it("nestedPaths lists the members of nested arguments", () => {
        assert.deepEqual(nestedPaths(kinds), ["covers.colour", "covers.width"]);
    });
});
