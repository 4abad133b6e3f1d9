import assert from "node:assert/strict";
import { patches } from "../../aws-plugin/api-gateway.ts";
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

describe("toAws, fromAws and patches of the local AWS plugin", () => {
    const kinds: Kinds = {
        title: value,
        shelf: memberAt("Place.Shelf", value, "A"),
        note: clearsTo("", value),
        covers: list(struct({ colour: value, width: withDefault(10) })),
        tags: items(),
    };

    it("toAws sends AWS's default for an omitted or removed argument", () => {
        assert.deepEqual(toAws(kinds, { title: "films" }, { note: "old" }), {
            Title: "films",
            Place: { Shelf: "A" },
            Note: "",
        });
        assert.deepEqual(toAws(kinds, { covers: [{ colour: "red" }], tags: ["a", "b"], shelf: "B" }), {
            Place: { Shelf: "B" },
            Covers: [{ Colour: "red", Width: 10 }],
            Tags: { Quantity: 2, Items: ["a", "b"] },
        });
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

    it("`patches` returns operations only for changed members", () => {
        const before = { name: "films", variables: { a: "1", b: "2" }, logs: { arn: "x" }, isOn: true };
        assert.deepEqual(patches(before, { name: "films", variables: { a: "3" }, isOn: false }), [
            { op: "replace", path: "/variables/a", value: "3" },
            { op: "remove", path: "/variables/b" },
            { op: "replace", path: "/isOn", value: "false" },
            { op: "remove", path: "/logs" },
        ]);
    });
});
