import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { enforceResourceRules } from "../../../components/common/resource-rules.ts";
import { declaredResources, settled, useMocks } from "../mocks.ts";

const open = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

describe("`enforceResourceRules`", () => {
    beforeEach(async () => {
        await useMocks();
        // Transformations are registered on the stack resource, which Pulumi's mocks do not create by themselves.
        await pulumi.runtime.runInPulumiStack(async () => ({}));
    });

    it("creating a resource that violates a rule throws an error with the fix", () => {
        enforceResourceRules();
        assert.throws(
            () => new aws.iam.Policy("wide", { policy: open }),
            /aws:iam\/policy:Policy wide a statement allows \* \(resource rule wildcard-action\)\nChange it\. See docs\/access-operator\.md#guard-rules/,
        );
    });

    it("Pulumi registers no policy that violates a rule, even if the policy text is an output that resolves later", async () => {
        enforceResourceRules();
        const later = (text: string) => pulumi.output(Promise.resolve(text));
        new aws.iam.Policy("wide", { policy: later(open) });
        new aws.iam.Policy("narrow", { policy: later(open.replace('"Action":"*"', '"Action":"s3:GetObject"')) });
        await settled();
        assert.deepEqual(
            declaredResources.filter(({ type }) => /Policy$/.test(type)).map(({ name }) => name),
            ["narrow"],
        );
    });
});
