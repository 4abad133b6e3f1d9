import assert from "node:assert/strict";
import { trailFinding } from "../../runbooks/lib/doctor/account.ts";
import { good } from "../core/config/parsed.ts";
import { region } from "../support/local-aws.ts";

describe("Check of CloudTrail trails by the runbook `doctor`", () => {
    const trailOf = (Name: string, HomeRegion: string) => ({ Name, HomeRegion, TrailARN: `arn:${HomeRegion}:${Name}` });
    const own = trailOf(good().names.trail, region);

    it("`trailFinding` accepts an account without a trail or with only the stack's trail", () => {
        for (const trails of [[], [own]]) assert.equal(trailFinding(trails, good()).verdict, "ok");
    });

    it("`trailFinding` warns of a second trail, with the price and a command", () => {
        const organization = trailOf("organization", "us-east-1");
        const { verdict, detail, fix } = trailFinding([own, organization], good());
        assert.deepEqual([verdict, fix], ["warn", "pulumi config set --stack dev auditTrail false"]);
        assert.match(detail, /^the account has trail arn:us-east-1:organization\. .* ≈ \$2\.00 for 100,000 events/);
    });

    it("`trailFinding` warns of a trail with the stack's trail name in another region", () => {
        assert.equal(trailFinding([trailOf(good().names.trail, "us-east-1")], good()).verdict, "warn");
    });
});
