import assert from "node:assert/strict";
import type { PrepareOptions } from "../../data-prep/prepare.ts";
import { compileEventRule, parseEventRule } from "../../data-prep/reading/event-rule.ts";
import { UnfitDataError } from "../../data-prep/refusals.ts";
import { prepareForEach } from "./preparing.ts";

describe("`parseEventRule`", () => {
    for (const { rule, at, reason } of [
        { rule: "rating >= 4,5 -> Like", at: ",5", reason: "A decimal has a point, such as 4.5" },
        { rule: "rating => 4 -> Like", at: "=>", reason: "Write >= for =>" },
        { rule: "rating =< 4 -> Like", at: "=<", reason: "Write <= for =<" },
        { rule: "rating == 5 -> Like", at: "==", reason: "Write = for ==" },
        { rule: "type <> view -> Like", at: "<>", reason: "Write != for <>" },
        { rule: "rating = -> Like", at: "->", reason: "Expected a value" },
        { rule: "rating >= high -> Like", at: "high", reason: ">= compares numbers" },
        { rule: "rating 4 -> Like", at: "->", reason: "Expected one of >=, <=, >, <, =, !=" },
        { rule: "rating >= 4 -> ", at: "", reason: "Expected an event type" },
        { rule: "rating >= 4, else Watch", at: ",", reason: "Expected -> and the event type" },
        { rule: "a = 1 -> Like; else Watch", at: ";", reason: "A comma separates two cases, not a semicolon" },
        { rule: "View;Buy", at: ";", reason: "A comma separates two cases, not a semicolon" },
        { rule: "a = 1 -> Like else Watch", at: "Like", reason: "A case and a comma stand before else" },
        { rule: "else Watch", at: "else", reason: "A case and a comma stand before else" },
        { rule: "a = 1 -> Like, else Watch, b = 2 -> B", at: ", b", reason: "Nothing follows the type of else" },
        { rule: "a = 1 -> Like,", at: "", reason: "Expected a column" },
        { rule: 'a = "b -> Like', at: '"b', reason: "Expected a value" },
        { rule: "", at: "", reason: "Expected a column" },
    ]) {
        it(`\`parseEventRule\` rejects "${rule}" with a caret at "${at}"`, () => {
            const caret = " ".repeat(at === "" ? rule.length : rule.indexOf(at));
            assert.throws(() => parseEventRule(rule), { message: `${reason}:\n  ${rule}\n  ${caret}^` });
        });
    }

    it("`parseEventRule` rejects a rule of more than 10,000 characters", () => {
        const ruleOf = (length: number) => `a = 1 -> ${"x".repeat(length - 9)}`;
        assert.throws(() => parseEventRule(ruleOf(10_001)), {
            message: /^The rule has 10,001 characters, but at most 10,000 /,
        });
        assert.throws(() => parseEventRule(ruleOf(10_000)), { message: /\n +\^$/ });
    });

    it("`parseEventRule` accepts a single event type, quoted values and rules without spaces", () => {
        assert.deepEqual(parseEventRule("Added to cart"), { cases: [], otherwise: "Added to cart" });
        const like = { column: "rating", operator: ">=", value: "4", type: "Like" };
        assert.deepEqual(parseEventRule("rating>=4->Like,else Watch"), { cases: [like], otherwise: "Watch" });
        const { cases } = parseEventRule('"a > b" = "x, y" → add-to-cart');
        assert.deepEqual(cases, [{ column: "a > b", operator: "=", value: "x, y", type: "add-to-cart" }]);
    });
});

describe("`compileEventRule`", () => {
    const decide = (text: string, ...values: string[]) => {
        const rule = compileEventRule(text, ["a", "b"]);
        assert.ok(typeof rule !== "string");
        return rule.decide((column) => values[column] ?? "");
    };

    it("an empty value matches no condition of an `--event` rule, not even with !=", () => {
        for (const empty of ["", " ", "NaN", "null"]) {
            assert.deepEqual(decide("a != 0 -> Paid, else Free", empty), { type: "Free", isEmpty: true });
        }
        assert.deepEqual(decide("a > 1 -> A, b = x -> B", "", "x"), { type: "B", matched: 1, isEmpty: true });
    });

    it("an `--event` rule compares text with =, but rejects text for < and >", () => {
        assert.deepEqual(decide("a >= 4 -> Like, else Watch", "good").problem, [
            0,
            '"good" is not a number, and --event compares it by >= 4',
        ]);
        assert.deepEqual(decide("a = 4 -> Like, else Watch", "good"), { type: "Watch" });
        assert.deepEqual(decide("a = 4 -> Like, else Watch", "4.0"), { type: "Like", matched: 0 });
    });
});

describe("`data-prep` with an `--event` rule", () => {
    const { put, run, logged } = prepareForEach();
    const rows = Array.from({ length: 1200 }, (_, n) => `u${n % 60},i${n % 97},${n % 6 || ""},${1_700_000_000 + n}`);
    const prepared = (event: string, options: PrepareOptions = {}) =>
        run({ input: put("events.csv", `user,item,stars,time\n${rows.join("\n")}\n`), event, ...options });

    it("data-prep's summary counts the rows with an empty value in the `--event` rule", async () => {
        const { summary } = await prepared("stars >= 4 -> Like, else Watch");
        assert.deepEqual([summary.rowsEmptyInRule, summary.eventTypes], [200, { Watch: 800, Like: 400 }]);
    });

    it("an `--event` rule compares numbers with decimal commas correctly", async () => {
        const text = `user;item;price;time\n${rows.map((row) => row.replaceAll(",", ";").replace(/;(\d?);/, ";$1,25;")).join("\n")}\n`;
        const input = put("prices.csv", text.replaceAll(";,25;", ";;"));
        const { summary } = await run({ input, event: "price > 4 -> Dear, price <= 4 -> Cheap" });
        assert.deepEqual([summary.eventTypes, summary.rowsLeftOut], [{ Cheap: 600, Dear: 400 }, 200]);
    });

    it("an `--event` condition that matches no row is an error, or a warning with the option `unmatchedCases`", async () => {
        const event = "stars >= 40 -> Love, stars >= 4 -> Like";
        const message = /The case "stars >= 40" of --event matches no row\. The column has 1, 2, 3, 4, 5\./;
        await assert.rejects(
            prepared(event),
            (error) => error instanceof UnfitDataError && message.test(error.message),
        );
        await assert.rejects(prepared("stars >= 40 -> Love"), message);
        rows.push(...rows.map((row) => `v${row.slice(1)}`), ...rows.map((row) => `w${row.slice(1)}`));
        const { summary } = await prepared(event, { unmatchedCases: "warn" });
        assert.deepEqual([summary.rowsLeftOut, summary.eventTypes], [2400, { Like: 1200 }]);
        assert.match(logged().join("\n"), message);
    });
});
