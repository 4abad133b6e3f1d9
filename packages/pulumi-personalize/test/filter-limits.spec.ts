import assert from "node:assert/strict";
import {
    CreateFilterCommand,
    LimitExceededException,
    ListFiltersCommand,
    PersonalizeClient,
} from "@aws-sdk/client-personalize";
import { advice } from "../advice.ts";
import { filter } from "../filter.ts";
import { createOrAdopt } from "../settle.ts";

const inputs = {
    region: "eu-central-1",
    tags: {},
    pollSeconds: 10,
    deadlineMinutes: 30,
    name: "unwatched",
    datasetGroupArn: "arn:aws:personalize:eu-central-1:123456789012:dataset-group/films",
    filterExpression: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")',
};

/**
 * Creates a filter while another filter of the account has the status `status`. The other filter is ACTIVE when
 * `createdAfter` seconds of simulated time have passed.
 */
async function create(status: string, createdAfter: number) {
    let seconds = 0;
    let calls = 0;
    const client = new PersonalizeClient({ region: inputs.region });
    const limit = () =>
        new LimitExceededException({ message: "the limit is reached", $metadata: { httpStatusCode: 400 } });
    client.send = (async (command: object) => {
        if (command instanceof ListFiltersCommand) {
            return { Filters: [{ name: "another", status: seconds >= createdAfter ? "ACTIVE" : status }] };
        }
        assert.ok(command instanceof CreateFilterCommand);
        calls += 1;
        if (seconds < createdAfter) throw limit();
        return { filterArn: "arn:of:unwatched" };
    }) as never;
    const deps = {
        client: () => client,
        now: () => seconds,
        sleep: async (pause: number) => {
            seconds += pause;
        },
        log: () => {},
        random: () => 0.5,
        assertEngineAlive: async () => {},
        advice,
    };
    const outcome = await createOrAdopt(filter, deps, inputs).catch((error: Error) => error);
    return { made: outcome, seconds, calls };
}

describe("CreateFilter with LimitExceededException", () => {
    it("`create` retries CreateFilter for minutes while other filters are being created", async () => {
        for (const status of ["CREATE PENDING", "CREATE IN_PROGRESS"]) {
            const { made, seconds } = await create(status, 360);
            assert.deepEqual(made, { arn: "arn:of:unwatched", adopted: false });
            assert.ok(seconds >= 360 && seconds < 420, `${seconds}`);
        }
    });

    it("`create` fails at once if the quota of filters is used up and all filters are ACTIVE", async () => {
        const { made, seconds, calls } = await create("ACTIVE", Number.POSITIVE_INFINITY);
        assert.ok(made instanceof LimitExceededException);
        assert.deepEqual([seconds, calls], [0, 1]);
    });

    it("`create` fails after 15 minutes if another filter stays CREATE IN_PROGRESS", async () => {
        const { made, seconds } = await create("CREATE IN_PROGRESS", Number.POSITIVE_INFINITY);
        assert.match(String(made), /LimitExceededException: the limit is reached/);
        assert.ok(seconds >= 900 && seconds < 960, `${seconds}`);
    });
});
