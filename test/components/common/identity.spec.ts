import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { identityFault, identityProblem } from "../../../components/common/identity.ts";
import { useMocks } from "../mocks.ts";

const url = (host: string) => `https://${host}`;
const [here, local] = [url("sts.eu-central-1.amazonaws.com"), "http://127.0.0.1:4566"];
const personalize = url("personalize.eu-central-1.amazonaws.com");
const own = { accountId: "111122223333", endpoints: { sts: here }, personalize };
const faultOf = (
    plugin: { readonly accountId?: string; readonly endpoints?: Readonly<Record<string, string>> },
    environment = own,
) => identityFault({ accountId: own.accountId, endpoints: {}, ...plugin }, environment);

describe("`identityFault`, the difference between the AWS plugin and the environment", () => {
    it("another account is a difference, and the reason names both accounts", () => {
        const { path, reason = "" } = faultOf({ accountId: "444455556666" }) ?? {};
        assert.equal(path, "aws:profile");
        assert.match(
            reason,
            /selects account 444455556666, but .* account 111122223333\. Use one account: `pulumi config rm/,
        );
    });

    for (const [what, endpoints] of Object.entries<Record<string, string>>({
        "no endpoint": {},
        "a FIPS endpoint": { s3: url("s3-fips.us-east-1.amazonaws.com") },
        "a VPC endpoint": { s3: url("bucket.vpce-1a2b.s3.eu-central-1.vpce.amazonaws.com") },
        "a dual-stack endpoint": { lambda: url("lambda.eu-central-1.api.aws") },
        "an endpoint in China": { iam: url("iam.cn-north-1.amazonaws.com.cn") },
    })) {
        it(`${what} is no difference`, () => assert.equal(faultOf({ endpoints }), undefined));
    }

    it("a local endpoint of the plugin is a difference, and the reason names the service and both URLs", () => {
        const { path, reason = "" } = faultOf({ endpoints: { s3: local } }) ?? {};
        assert.equal(path, "aws:endpoints");
        assert.match(reason, /Personalize to https:\/\/personalize\S+, but calls of s3 to http:\/\/127\.0\.0\.1:4566:/);
    });

    it("a local endpoint of Personalize alone is a difference, and one of all services is none", () => {
        assert.equal(faultOf({}, { ...own, personalize: local })?.path, "aws:endpoints");
        const all = { ...own, endpoints: { sts: local }, personalize: local };
        assert.equal(faultOf({ endpoints: { s3: local } }, all), undefined);
        assert.equal(faultOf({ endpoints: { s3: "http://127.0.0.1:5000" } }, all)?.path, "aws:endpoints");
    });

    it("the plugin's own endpoint of Personalize is no difference, because the plugin calls no Personalize", () => {
        assert.equal(faultOf({ endpoints: { personalize: local } }), undefined);
    });
});

describe("`identityProblem`, with the credentials of this process", () => {
    const names = [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
    ];
    const others = {
        AWS_CONFIG_FILE: "/nowhere",
        AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
        AWS_EC2_METADATA_DISABLED: "true",
    };
    const before = { ...process.env };
    beforeEach(async () => {
        await useMocks();
        for (const name of names) delete process.env[name];
        Object.assign(process.env, others);
    });
    afterEach(() => {
        for (const name of [...names, ...Object.keys(others)]) {
            if (before[name] === undefined) delete process.env[name];
            else process.env[name] = before[name];
        }
    });

    it("the problem is that the environment has no credentials, with the message of the SDK", async () => {
        const { reason = "" } = (await identityProblem({ region: "eu-central-1" })) ?? {};
        assert.match(reason, /works, but not the environment's credentials.*\(Could not load credentials.*AWS_PROFILE/);
    });

    it("the problem is that the environment's credentials are of another account", async () => {
        const answer =
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>444455556666</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
        const sts = createServer((_request, response) => response.setHeader("content-type", "text/xml").end(answer));
        await once(sts.listen(0, "127.0.0.1"), "listening");
        try {
            const { port } = sts.address() as AddressInfo;
            Object.assign(process.env, {
                ...{ AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
            });
            const { reason = "" } = (await identityProblem({ region: "eu-central-1" })) ?? {};
            assert.match(reason, /selects account 111122223333, .* of account 444455556666/);
        } finally {
            sts.close();
        }
    });
});
