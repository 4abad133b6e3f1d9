import assert from "node:assert/strict";
import { good, problems } from "./parsed.ts";

describe("Training configuration", () => {
    it("`syncWithLatestSolutionVersion` requires `performAutoTraining`", () => {
        const [problem, ...more] = problems({ syncWithLatestSolutionVersion: "true" });
        assert.deepEqual(more, []);
        assert.match(String(problem?.reason), /while performAutoTraining is false.*Set both or neither/);
        const config = good({ syncWithLatestSolutionVersion: "true", performAutoTraining: "true" });
        assert.equal(config.syncWithLatestSolutionVersion, true);
    });

    it("`eventWeights` accepts numbers from 0 to 1, also as text, and sorts event types", () => {
        const v2 = { recipe: "aws-user-personalization-v2" };
        const { eventWeights } = good({ ...v2, eventWeights: '{"Watch": "0.3", "Like": 1}' });
        assert.deepEqual(Object.entries(eventWeights ?? {}), [
            ["Like", 1],
            ["Watch", 0.3],
        ]);
        const reasons = (weights: object) =>
            problems({ ...v2, eventWeights: JSON.stringify(weights) }).map(({ path, reason }) => `${path} ${reason}`);
        assert.deepEqual(reasons({ Watch: 1.5, Like: "", Buy: 1 }), [
            "eventWeights.Watch is 1.5; it must be a number from 0 to 1",
            'eventWeights.Like is ""; it must be a number from 0 to 1',
        ]);
        assert.match(reasons({ Watch: "0x1" })[0] ?? "", /is "0x1"; it must be a number from 0 to 1/);
        assert.match(reasons({ Watch: 0 })[0] ?? "", /has only weights of 0/);
        const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`t${at}`, 1]));
        assert.match(reasons(eleven)[0] ?? "", /has 11 event types; Personalize allows at most 10/);
        assert.match(reasons({ "": 1 })[0] ?? "", /is not an event type/);
    });

    it("`eventWeights` requires a v2 recipe, and the error contains the price of a campaign with that recipe", () => {
        assert.deepEqual(problems({ eventWeights: '{"Watch": 0.3, "Like": 1}' }), [
            {
                path: "eventWeights",
                reason:
                    "is set, and only recipes of version 2 have event weights. Run `pulumi config set recipe aws-user-personalization-v2` " +
                    "(its idle campaign costs ≈ $394 a month), or `pulumi config rm eventWeights`",
            },
        ]);
    });

    it("the configuration rejects a recipe with `performAutoML`, and prints the commands that solve the conflict", () => {
        assert.deepEqual(problems({ performAutoML: "true" }), [
            {
                path: "performAutoML",
                reason:
                    'is true while recipe is "aws-user-personalization": with AutoML Personalize chooses the recipe. ' +
                    'Run `pulumi config set recipe ""`, or `pulumi config set performAutoML false`',
            },
        ]);
        assert.equal(good({ performAutoML: "true", recipe: "" }).recipe, undefined);
    });

    it("the configuration rejects an empty `recipe` without `performAutoML`, and lists the valid recipes", () => {
        assert.deepEqual(problems({ recipe: "" }), [
            {
                path: "recipe",
                reason: 'is ""; it must be aws-user-personalization or aws-user-personalization-v2 or aws-hrnn',
            },
        ]);
    });
});
