import assert from "node:assert/strict";
import { balance } from "./operator/access.ts";
import { life } from "./operator/life.ts";
import { chooseRemovals } from "./operator/removals.ts";

describe("`drill:operator`", () => {
    it("the steps of `drill:operator` depend only on existing steps", () => {
        const names = life.map(({ name }) => name);
        assert.equal(new Set(names).size, names.length);
        assert.ok(life.every(({ after = [] }) => after.every((name) => names.includes(name))));
    });

    it("`balance` separates granted actions that nothing uses from actions that only real AWS requires", () => {
        const granted = ["s3:GetObject", "s3:GetBucketAcl", "s3:PutObject", "s3:GetObject"];
        assert.deepEqual(balance(granted, new Set(["s3:GetObject"]), ["s3:GetBucketAcl"]), {
            unneeded: ["s3:PutObject"],
            onAws: ["s3:GetBucketAcl"],
        });
    });

    it("`chooseRemovals` chooses for each used action the shortest step of the drill that uses the action", () => {
        const lived = new Map([
            ["doctor", { seconds: 1, used: new Set(["iam:GetRole"]) }],
            ["refresh", { seconds: 4, used: new Set(["iam:GetRole", "s3:GetObject"]) }],
            ["up", { seconds: 9, used: new Set(["s3:GetObject", "s3:PutObject"]) }],
        ]);
        const granted = ["iam:GetRole", "s3:GetObject", "s3:PutObject", "s3:GetBucketAcl"];
        const steps = (seed: number, count = 9) =>
            chooseRemovals(lived, granted, count, seed).map(({ action, step }) => `${action} ${step.name}`);
        assert.deepEqual(steps(1).toSorted(), ["iam:GetRole refresh", "s3:GetObject refresh", "s3:PutObject up"]);
        assert.deepEqual(steps(1), steps(1));
        assert.equal(steps(1, 2).length, 2);
    });
});
