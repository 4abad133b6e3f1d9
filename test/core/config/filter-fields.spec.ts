import assert from "node:assert/strict";
import { filterFieldProblems, parseFilter } from "../../../core/config/filter-fields.ts";
import { watchedFilterExpression } from "../../../core/config/watched.ts";

const datasets = {
    Interactions: ["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"],
    Items: ["ITEM_ID", "GENRES", "YEAR"],
    Users: undefined,
};
const reasonOf = (expression: string) => {
    const [problem, ...others] = filterFieldProblems({ "filters.mine": expression }, datasets);
    assert.deepEqual([others, problem?.path ?? "filters.mine"], [[], "filters.mine"]);
    return problem?.reason;
};

describe("`filterFieldProblems`", () => {
    for (const expression of [
        'INCLUDE ItemID WHERE Items.GENRES IN ("Comedy") AND items.year > 1990',
        'EXCLUDE ItemID WHERE Interactions.event_type IN ("Watch")',
        "INCLUDE ItemID WHERE Items.GENRES IN CurrentItem.GENRES",
    ]) {
        it(`\`filterFieldProblems\` accepts ${expression}`, () => assert.equal(reasonOf(expression), undefined));
    }

    for (const [expression, reason] of [
        [
            'INCLUDE ItemID WHERE Items.GENRE IN ("Comedy")',
            "uses Items.GENRE (column 22), and the schema of dataset Items has no field GENRE. Did you mean GENRES?",
        ],
        [
            'INCLUDE ItemID WHERE Items.YEAR > 1990 | EXCLUDE ItemID WHERE Items.STUDIO IN ("Toho")',
            "uses Items.STUDIO (column 63), and the schema of dataset Items has no field STUDIO. Its fields are ITEM_ID, GENRES, YEAR",
        ],
        [
            "INCLUDE ItemID WHERE Items.YEAR > 1990 IF CurrentUser.AGE > 17",
            "uses CurrentUser.AGE (column 43), and the stack has no Users dataset. Set it: `pulumi config set usersFile <file>`",
        ],
        [
            "INCLUDE ActionID WHERE Actions.VALUE > 1",
            "uses Actions.VALUE (column 24), and the stack has no Actions dataset",
        ],
    ] as const) {
        it(`\`filterFieldProblems\` reports a field that the data lacks in ${expression}`, () =>
            assert.equal(reasonOf(expression), reason));
    }
});

describe("`parseFilter`", () => {
    it("`parseFilter` accepts the program's own filter", () =>
        assert.ok("clauses" in parseFilter(watchedFilterExpression())));

    it("`parseFilter` returns the column of a fault, and suggests a word that is similar to a wrong one", () =>
        assert.deepEqual(parseFilter("EXCLUDE ItemID WHERE Item.YEAR > 1"), {
            column: 22,
            reason: "Interactions or Items or Users or Actions or Action_Interactions or CurrentUser is expected, but found Item. Did you mean Items?",
        }));
});
