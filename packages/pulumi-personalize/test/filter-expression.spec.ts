import assert from "node:assert/strict";
import { spellingOfFilter } from "../filter.ts";

describe("spellingOfFilter", () => {
    const expression =
        'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch", $KIND) | INCLUDE ItemID WHERE Items.YEAR <= 1950';

    it("spellingOfFilter returns equal texts for filters that differ only in spaces and the case of keywords", () => {
        const other =
            'exclude  itemid where interactions.event_type in("Watch",$KIND)|include ItemId\n WHERE items . Year<=1950 ';
        assert.equal(spellingOfFilter(other), spellingOfFilter(expression));
    });

    const different: [string, string][] = [
        ["text in quotes", expression.replace("Watch", "watch")],
        ["spaces in quotes", expression.replace("Watch", "Wat ch")],
        ["placeholder", expression.replace("$KIND", "$kind")],
        ["operator", expression.replace("<=", "<")],
        ["number", expression.replace("1950", "1951")],
        ["column", expression.replace("YEAR", "YEARS")],
    ];
    for (const [what, other] of different) {
        it(`spellingOfFilter returns different texts for two expressions that differ in the ${what}`, () =>
            assert.notEqual(spellingOfFilter(other), spellingOfFilter(expression)));
    }

    it("spellingOfFilter keeps the case of text between escaped quotes", () => {
        const quoted = String.raw`INCLUDE ItemID WHERE Items.TITLE = "a \"b\" C"`;
        assert.equal(spellingOfFilter(quoted), String.raw`INCLUDE ITEMID WHERE ITEMS . TITLE = "a \"b\" C"`);
    });
});
