import assert from "node:assert/strict";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { newestListsJob, type RecordedResource } from "../../runbooks/lib/stack/stack.ts";
import { type ResourceStatus, readStatus, worstState } from "../../runbooks/lib/stack/status.ts";
import { fake } from "../support/fake.ts";

const arn = (tail: string) => `arn:aws:personalize:eu-central-1:000000000000:${tail}`;
const changed = Date.UTC(2026, 10, 25, 12);
const campaign: RecordedResource = {
    kind: "Campaign",
    arn: arn("campaign/films"),
    region: "eu-central-1",
    inputs: {},
};

/** Returns the status for a campaign's description. */
async function statusWhen(described: object): Promise<ResourceStatus> {
    const client = fake<PersonalizeClient>({ send: async () => ({ campaign: described }) });
    const [status] = await readStatus(() => client, [campaign], changed + 90_400);
    assert.ok(status);
    return status;
}

describe("`readStatus` of a campaign", () => {
    it("`readStatus` returns a campaign's state, age and console URL, and mentions the cost", async () => {
        const lastUpdatedDateTime = new Date(changed);
        const solutionVersionArn = "arn:aws:personalize:eu-central-1:123456789012:solution/films/0a1b2c3d";
        assert.deepEqual(await statusWhen({ status: "ACTIVE", lastUpdatedDateTime, solutionVersionArn }), {
            resource: "campaign films",
            arn: campaign.arn,
            state: "ACTIVE",
            ageSeconds: 90,
            failureReason: null,
            consoleUrl: "https://eu-central-1.console.aws.amazon.com/personalize/home?region=eu-central-1",
            nextStep: "it serves version 0a1b2c3d, and costs money: `npm run park` deletes it and keeps the version",
        });
    });

    it("`readStatus` counts a campaign's age from the latest update", async () => {
        const latestCampaignUpdate = { status: "ACTIVE", lastUpdatedDateTime: new Date(changed) };
        const lastUpdatedDateTime = new Date(changed - 86_400_000);
        const updated = await statusWhen({ status: "ACTIVE", lastUpdatedDateTime, latestCampaignUpdate });
        assert.equal(updated.ageSeconds, 90);
    });

    const cases: readonly [object, string, string | null, RegExp][] = [
        [{ status: "CREATE PENDING" }, "CREATE PENDING", null, /^wait: `npm run watch-status -- --wait`$/],
        [
            { status: "CREATE FAILED", failureReason: "no" },
            "CREATE FAILED",
            "no",
            /^fix .* then run `pulumi up`: it is created again$/,
        ],
        [
            { status: "ACTIVE", latestCampaignUpdate: { status: "CREATE IN_PROGRESS" } },
            "ACTIVE, update CREATE IN_PROGRESS",
            null,
            /^wait/,
        ],
        [
            { status: "ACTIVE", latestCampaignUpdate: { status: "CREATE FAILED", failureReason: "why" } },
            "ACTIVE, update CREATE FAILED",
            "why",
            /^fix .*: the old one serves until then$/,
        ],
        [
            { status: "ACTIVE", latestCampaignUpdate: { status: "ACTIVE" } },
            "ACTIVE",
            null,
            /serves version .* costs money/,
        ],
    ];
    for (const [described, state, failureReason, nextStep] of cases) {
        it(`\`readStatus\` returns ${state} for the campaign ${JSON.stringify(described)}`, async () => {
            const status = await statusWhen(described);
            assert.deepEqual([status.state, status.failureReason], [state, failureReason]);
            assert.match(String(status.nextStep), nextStep);
        });
    }
});

describe("`newestListsJob`", () => {
    const created = "2026-11-25T10:00:00Z";
    const awaited = {
        type: "pulumi-nodejs:dynamic/personalize:AwaitedLists",
        inputs: { region: "eu-central-1", functionName: "movie-recommender-lists" },
    };
    const summary = (jobName: string, at: string) => ({
        jobName,
        batchInferenceJobArn: arn(`batch-inference-job/${jobName}`),
        creationDateTime: new Date(at),
    });
    const jobs = [
        summary("movie-recommender-lists-2-0123abcd", "2026-11-25T12:00:00Z"),
        summary("movie-recommender-lists-1-0123abcd", "2026-11-25T11:00:00Z"),
        summary("movie-recommender-lists-prod-3-0123abcd", "2026-11-25T13:00:00Z"),
        summary("other-films-lists-1-0123abcd", "2026-11-25T13:00:00Z"),
    ];
    const clientWith = (described: object) =>
        Object.assign(new PersonalizeClient({ region: "eu-central-1" }), {
            send: async ({ input }: { readonly input: object }) =>
                "batchInferenceJobArn" in input ? { batchInferenceJob: described } : { batchInferenceJobs: jobs },
        });
    const deploymentWith = (...resources: object[]) => ({ deployment: { resources } as never });

    it("`newestListsJob` returns the lists function's newest batch job, even a job in progress", async () => {
        const client = clientWith({});
        const newest = {
            ...{ kind: "BatchInferenceJob", region: "eu-central-1", inputs: {}, makesLists: true },
            arn: jobs[0]?.batchInferenceJobArn,
        };
        for (const deployment of [
            { resources: [{ ...awaited, id: "lists", created }] },
            { pending_operations: [{ type: "creating", resource: awaited }] },
        ]) {
            assert.deepEqual(await newestListsJob(() => client, { deployment }), [newest]);
        }
    });

    it("`newestListsJob` returns nothing if the stack has a campaign or all jobs are older", async () => {
        const client = clientWith({});
        assert.deepEqual(
            await newestListsJob(() => client, deploymentWith({ ...awaited, type: "other", id: "x" })),
            [],
        );
        const late = { ...awaited, id: "lists", created: "2026-11-25T12:30:00Z" };
        assert.deepEqual(await newestListsJob(() => client, deploymentWith(late)), []);
    });

    it("`readStatus` returns a failed batch job of viewers' lists, and says that a new job will follow", async () => {
        const client = clientWith({
            status: "CREATE FAILED",
            failureReason: "no",
            lastUpdatedDateTime: new Date(changed),
        });
        const job = await newestListsJob(() => client, deploymentWith({ ...awaited, id: "lists", created }));
        const [status] = await readStatus(() => client, job, changed + 90_400);
        assert.deepEqual(
            [status?.resource, status?.state, status?.failureReason, status?.ageSeconds],
            ["batch inference job movie-recommender-lists-2-0123abcd", "CREATE FAILED", "no", 90],
        );
        assert.match(String(status?.nextStep), /^fix the cause: the stack starts another job within a day/);
    });
});

describe("`worstState`, the most severe of several states", () => {
    const of = (...states: string[]) => worstState(states.map((state) => fake<ResourceStatus>({ state })));

    it('`worstState` returns "empty" without resources', () => {
        assert.equal(of(), "empty");
    });
    for (const [states, word] of [
        [["ACTIVE", "ACTIVE"], "active"],
        [["ACTIVE", "CREATE IN_PROGRESS"], "working"],
        [["ACTIVE, update CREATE PENDING"], "working"],
        [["CREATE PENDING", "CREATE FAILED"], "failed"],
        [["ACTIVE", "GONE"], "failed"],
        [["CREATE STOPPED"], "failed"],
    ] as const) {
        it(`\`worstState\` returns "${word}" for the states ${states.join(" and ")}`, () =>
            assert.equal(of(...states), word));
    }
});
