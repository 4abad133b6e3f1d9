import assert from "node:assert/strict";
import { changesSince, reportText } from "../../runbooks/lib/stack/report-text.ts";
import type { ReportedResource, StackReport } from "../../runbooks/lib/stack/stack-report.ts";

const resource = (name: string, state: string, more: Partial<ReportedResource> = {}): ReportedResource => ({
    resource: name,
    arn: null,
    state,
    ageSeconds: 5,
    failureReason: null,
    lastCallError: null,
    nextStep: null,
    consoleUrl: "https://console",
    ...more,
});
const report = (...resources: ReportedResource[]): StackReport => ({
    overall: "active",
    resources,
    money: { parked: null, held: null, spent: null },
    unread: [],
});
const parked = { since: "2026-11-25T12:00:00Z", reason: "cost guard: $12 this month, and the limit is $10" };

describe("`changesSince` an earlier status report", () => {
    it("`changesSince` at first returns all resources, and then only resources whose state changed", () => {
        const first = report(resource("campaign films", "CREATE PENDING"), resource("solution films", "ACTIVE"));
        assert.deepEqual(changesSince(undefined, first), ["campaign films: CREATE PENDING", "solution films: ACTIVE"]);
        const later = report(
            resource("campaign films", "CREATE PENDING", { ageSeconds: 90 }),
            ...first.resources.slice(1),
        );
        assert.deepEqual(changesSince(first, later), []);
        const failed = report(
            resource("campaign films", "CREATE FAILED", {
                failureReason: "no room",
                lastCallError: {
                    at: "2026-11-25T12:00:00Z",
                    call: "UpdateCampaign",
                    code: "LimitExceededException",
                    message: null,
                    by: "arn:of:somebody",
                },
            }),
        );
        assert.deepEqual(changesSince(later, failed), [
            "campaign films: CREATE FAILED (no room), last error in CloudTrail: UpdateCampaign LimitExceededException",
            "solution films: no longer in the stack",
        ]);
    });

    it("`changesSince` reports that the campaign was parked (deleted by `park`) and then resumed", () => {
        const before = report();
        const after = { ...before, money: { parked, held: null, spent: null } };
        const changes = changesSince(before, after);
        assert.match(
            String(changes),
            /^cost: the campaign has been parked since 2026-11-25 12:00 UTC \(cost guard: \$12/,
        );
        assert.deepEqual(changesSince(after, before), ["cost: no longer parked"]);
    });
});

describe("`reportText` of the runbook `watch-status`", () => {
    it("`reportText` says whether the campaign is parked or held at a version, and contains the spend and unreadable sources", () => {
        const spent = { month: "2026-11", usd: 12.345, until: "2026-11-25T12:10:00Z" };
        const held = {
            since: "2026-11-25T11:00:00Z",
            reason: "retraining",
            solutionVersionArn: "arn:aws:personalize:x:y:solution/films/7d1f20b6",
        };
        const text = reportText({
            ...report(resource("solution films", "ACTIVE")),
            money: { parked, held, spent },
            unread: [{ what: "CloudTrail", reason: "AccessDenied: not you" }],
        });
        assert.match(text, /parked since 2026-11-25 12:00 UTC .* To resume it: npm run resume/);
        assert.match(
            text,
            /held at version 7d1f20b6 since 2026-11-25 11:00 UTC \(retraining\), so .* npm run rollback -- --release/,
        );
        assert.match(text, /campaign hours of 2026-11 so far: ≈ \$12 .*by the cost guard at 2026-11-25 12:10 UTC/);
        assert.match(text, /not read: CloudTrail: AccessDenied: not you/);
        assert.match(text, /console: https:\/\/console$/);
    });
});
