import assert from "node:assert/strict";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

describe("the price of a stack, by the real engine", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    it("is shown at preview, as a table and as an output", async () => {
        const preview = await aws.engine("preview");
        assertExit(preview, 0);
        assert.match(preview.stdout, /campaign, minimum 1 TPS +≈ \$146 +≈ \$146/);
        assert.match(preview.stdout, /training, by the hour +≈ \$0\.26 to \$0\.50/);
        assert.match(preview.stdout, /estimatedMonthlyCostUsd: +1\d\d\.\d/);
    });

    it("above monthlyLimitUsd fails at preview, names what is largest and what would lower it, and makes nothing", async () => {
        await aws.configure({ monthlyLimitUsd: "200", minProvisionedTPS: "2" });
        for (const command of ["preview", "up"] as const) {
            const refused = await aws.engine(command);
            assertExit(refused, 1);
            const text = `${refused.stdout}${refused.stderr}`;
            assert.match(text, /would cost ≈ \$30\d a month \(US price, unverified\), above monthlyLimitUsd 200/);
            assert.match(
                text,
                /campaign, minimum 2 TPS: ≈ \$292 a month\. To lower it: pulumi config set minProvisionedTPS 1/,
            );
            assert.match(text, /pulumi config set monthlyLimitUsd 30\d/);
            assert.doesNotMatch(text, /at .*\.ts:\d+/, "no stack trace");
        }
        assert.deepEqual(await aws.outputs(), {});
    });

    it("is that of what is asked, too: 50 requests a second are 50 TPS", async () => {
        await aws.configure({ expectedRequestsPerDay: String(50 * 86_400) });
        const preview = await aws.engine("preview");
        assertExit(preview, 0);
        assert.match(preview.stdout, /campaign, minimum 1 TPS +≈ \$146 +≈ \$5,650/);
    });
});
