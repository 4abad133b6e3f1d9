import assert from "node:assert/strict";
import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { DeleteCampaignCommand, PersonalizeClient } from "@aws-sdk/client-personalize";
import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { closeApi, isApiClosed } from "../../../core/operations/close-api.ts";
import { beginPark } from "../../../core/operations/park.ts";
import { heldVersion } from "../../../core/operations/solution-versions.ts";
import { readStateFlags } from "../../../core/operations/state-flags.ts";

const region = "eu-central-1";
const campaignArn = `arn:aws:personalize:${region}:123456789012:campaign/films`;
const solutionVersionArn = `arn:aws:personalize:${region}:123456789012:solution/films/0a1b2c3d`;

/**
 * Simulates a Parameter Store that contains the given texts as state flags, and a campaign that exists until it is
 * deleted.
 */
function fakeAws(flags: Record<string, string>, { unwritable = false, rate = 5 } = {}) {
    const ssm = new SSMClient({ region });
    ssm.send = (async (command: object) => {
        if (command instanceof GetParametersByPathCommand) {
            const { Path } = command.input;
            return { Parameters: Object.entries(flags).map(([key, Value]) => ({ Name: `${Path}/${key}`, Value })) };
        }
        assert.ok(command instanceof PutParameterCommand);
        if (unwritable)
            throw Object.assign(new Error("The parameter has another type."), { name: "HierarchyTypeMismatch" });
        flags[String(command.input.Name).split("/").at(-1) ?? ""] = String(command.input.Value);
        return { Version: 2 };
    }) as never;
    const deleted: string[] = [];
    const personalize = new PersonalizeClient({ region });
    personalize.send = (async (command: object) => {
        if (command instanceof DeleteCampaignCommand) {
            deleted.push(String(command.input.campaignArn));
            return {};
        }
        return { campaign: { campaignArn, solutionVersionArn, minProvisionedTPS: 1, status: "ACTIVE" } };
    }) as never;
    const gateway = new APIGatewayClient({ region });
    const patched: string[] = [];
    gateway.send = (async (command: { constructor: { name: string }; input: { patchOperations?: object[] } }) => {
        const { name } = command.constructor;
        if (name === "UpdateStageCommand") patched.push(JSON.stringify(command.input.patchOperations));
        return name === "GetStageCommand"
            ? { methodSettings: { "*/*": { throttlingRateLimit: rate, throttlingBurstLimit: rate } } }
            : { items: [{ id: "api", name: "films-api", tags: {} }] };
    }) as never;
    return { ssm, personalize, gateway, edge: new CloudFrontClient({ region }), flags, deleted, patched };
}

const place = { stack: "dev", tags: {}, apiName: "films-api", distribution: undefined };

const broken = [
    "{",
    "null",
    "5",
    "{}",
    '{"reason":1,"since":"2026-11-01T00:00:00Z"}',
    '{"reason":"cost","since":"2026-11-01T00:00:00Z","campaign":{"solutionVersionArn":7}}',
];

describe("A state flag with invalid JSON", () => {
    for (const text of broken) {
        it(`\`beginPark\` deletes the campaign even if a state flag (SSM parameter) has the invalid content ${text}`, async () => {
            for (const key of ["parked", "closed", "serving"]) {
                const aws = fakeAws({ [key]: text });
                const deps = { client: () => aws.personalize, ssm: () => aws.ssm };
                await beginPark(deps, { stack: "dev", campaignArn, reason: "cost guard: limit" });
                assert.deepEqual(aws.deleted, [campaignArn], key);
                const { parked } = await readStateFlags(aws.ssm, "dev", ["parked"]);
                assert.equal(parked?.campaign?.solutionVersionArn, solutionVersionArn);
            }
        });
    }

    for (const text of broken.slice(0, -1)) {
        it(`\`closeApi\` blocks requests to the API even if a state flag (SSM parameter) has the invalid content ${text}`, async () => {
            for (const key of ["parked", "closed", "serving"]) {
                const aws = fakeAws({ [key]: text });
                await closeApi(aws, place, "cost guard: requests");
                assert.match(aws.patched.join(), /"value":"0"/, key);
                assert.equal((await readStateFlags(aws.ssm, "dev", ["closed"])).closed?.reason, "cost guard: requests");
            }
        });
    }

    it("`beginPark` and `closeApi` stop the cost although a flag cannot be overwritten, and then report the flag", async () => {
        const aws = fakeAws({ parked: "a,b", closed: "a,b" }, { unwritable: true });
        const deps = { client: () => aws.personalize, ssm: () => aws.ssm };
        const cause = { by: "limit", limitUsd: 1 } as const;
        await assert.rejects(
            beginPark(deps, { stack: "dev", campaignArn, reason: "cost guard: limit", cause }),
            /The parameter has another type\. SSM parameter \/movie-recommender\/dev\/parked .* aws ssm delete-parameter --name \/movie-recommender\/dev\/parked$/,
        );
        assert.deepEqual(aws.deleted, [campaignArn]);
        await assert.rejects(
            closeApi(aws, place, "cost guard: requests"),
            /another type\. SSM parameter .*\/dev\/closed /,
        );
        assert.match(aws.patched.join(), /"value":"0"/);
    });

    it("`isApiClosed` reads the throttles of the stage, and not the flag", async () => {
        const flag = JSON.stringify({ reason: "requests", since: "2026-12-01T00:00:00Z" });
        assert.equal(await isApiClosed(fakeAws({ closed: flag }), place), false);
        assert.equal(await isApiClosed(fakeAws({}, { rate: 0 }), place), true);
    });

    it("`readStateFlags` throws an error with the SSM parameter and a delete command", async () => {
        const { ssm } = fakeAws({ parked: "{" });
        await assert.rejects(
            readStateFlags(ssm, "dev"),
            /SSM parameter \/movie-recommender\/dev\/parked is not a valid .* aws ssm delete-parameter --name \/movie-recommender\/dev\/parked$/,
        );
    });

    it("`heldVersion` rejects a version of another stack's solution", () => {
        const flag = { hold: true, reason: "test", since: "2026-12-01T00:00:00Z" };
        const held = (name: string) => {
            const solutionVersionArn = `arn:aws:personalize:eu-central-1:123456789012:solution/${name}/0a1b2c3d`;
            return heldVersion({ serving: { ...flag, solutionVersionArn } }, "dev", "films");
        };
        assert.match(held("films") ?? "", /solution\/films\/0a1b2c3d$/);
        assert.equal(heldVersion({}, "dev", "films"), undefined);
        for (const name of ["films-prod", "other"]) {
            assert.throws(
                () => held(name),
                /\/movie-recommender\/dev\/serving .* no version of the stack's solution films\./,
            );
        }
    });
});
