import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useEnforcing } from "../gateway/enforcement/support.ts";
import { createPlugin, createUrn, type Plugin, testLives } from "./life.ts";
import { allow, arnOf, s3AndIamScenarios, trust } from "./s3-iam-scenarios.ts";

describe("Local AWS plugin: S3 and IAM resources", () => {
    const aws = useEnforcing();
    let plugin: Plugin;
    let file: string;
    before(async () => {
        const { iam } = aws.admin;
        plugin = createPlugin(aws);
        await iam.createUser({ UserName: "ann" });
        await iam.createPolicy({ PolicyName: "kept", PolicyDocument: allow });
        file = join(aws.instance.dir, "u.csv");
        await writeFile(file, "a,b\n1,2\n");
    });

    testLives(
        s3AndIamScenarios(() => file),
        () => plugin,
    );

    it("`delete` rejects a bucket with objects unless forceDestroy is true", async () => {
        const urn = createUrn("aws:s3/bucket:Bucket");
        const { id, outs = {} } = await plugin.create(urn, { bucket: "full", forceDestroy: false });
        await aws.admin.s3.putObject({ Bucket: "full", Key: "a", Body: "a" });
        await assert.rejects(plugin.delete(id, urn, outs), { name: "BucketNotEmpty" });
        await plugin.delete(id, urn, { ...outs, forceDestroy: true });
        assert.equal((await plugin.read(id, urn, outs)).id, "");
    });

    it("BucketObjectv2 uploads its content, and detects changed headers but not changed content", async () => {
        const urn = createUrn("aws:s3/bucketObjectv2:BucketObjectv2");
        await aws.admin.s3.createBucket({ Bucket: "page" });
        const page = { bucket: "page", key: "index.html", content: "<h1>Films</h1>", contentType: "text/html" };
        const args = { ...page, cacheControl: "no-cache" };
        const { id, outs = {} } = await plugin.create(urn, args);
        const changes = async () => {
            const { props = {} } = await plugin.read(id, urn, outs);
            const { changes } = await plugin.diff(id, urn, props, args);
            return changes ? Object.keys(args).filter((key) => props[key] !== args[key as keyof typeof args]) : [];
        };
        assert.deepEqual(await changes(), []);
        const stored = await aws.admin.s3.getObject({ Bucket: "page", Key: "index.html" });
        assert.deepEqual([await stored.Body?.transformToString(), stored.CacheControl], [args.content, "no-cache"]);
        await aws.admin.s3.putObject({ Bucket: "page", Key: "index.html", Body: "else", ContentType: "text/html" });
        assert.deepEqual(await changes(), ["cacheControl"]);
        await plugin.update(id, urn, outs, args);
        assert.deepEqual(await changes(), []);
        await assert.rejects(
            plugin.create(urn, { bucket: "page", key: "nothing" }),
            /requires either a FileAsset as source, or content/,
        );
    });

    it("`update` changes and removes a role's permissions boundary", async () => {
        const urn = createUrn("aws:iam/role:Role");
        const bare = { name: "limited", assumeRolePolicy: trust, description: "reads", tags: { team: "films" } };
        const limited = { ...bare, permissionsBoundary: arnOf("policy/kept") };
        const boundary = async () => {
            const { Role } = await aws.admin.iam.getRole({ RoleName: "limited" });
            return Role?.PermissionsBoundary?.PermissionsBoundaryArn;
        };
        const { id, outs = {} } = await plugin.create(urn, limited);
        assert.equal(await boundary(), arnOf("policy/kept"));
        const { props = {} } = await plugin.read(id, urn, outs);
        assert.equal((await plugin.diff(id, urn, props, limited)).changes, false);
        await plugin.update(id, urn, limited, bare);
        assert.equal(await boundary(), undefined);
        await plugin.update(id, urn, bare, limited);
        assert.equal(await boundary(), arnOf("policy/kept"));
        await plugin.delete(id, urn, limited);
    });

    it("a managed policy has its five newest versions after seven updates", async () => {
        const urn = createUrn("aws:iam/policy:Policy");
        const version = (n: number) => ({ name: "changing", policy: allow.replace("/*", `/${n}/*`) });
        const { id, outs = {} } = await plugin.create(urn, version(0));
        for (let n = 1; n <= 7; n++) {
            await plugin.update(id, urn, { ...outs, ...version(n - 1) }, version(n));
        }
        const { Versions = [] } = await aws.admin.iam.listPolicyVersions({ PolicyArn: id });
        assert.equal(Versions.length, 5);
        assert.equal(Versions.find(({ IsDefaultVersion }) => IsDefaultVersion)?.VersionId, "v8");
        await plugin.delete(id, urn, version(7));
        assert.equal((await plugin.read(id, urn, outs)).id, "");
    });

    it("`read` returns no role after the role was deleted outside Pulumi", async () => {
        const urn = createUrn("aws:iam/role:Role");
        const { id, outs = {} } = await plugin.create(urn, { name: "short-lived", assumeRolePolicy: trust });
        await aws.admin.iam.deleteRolePolicy({ RoleName: id, PolicyName: "none" }).catch(() => {});
        await aws.admin.iam.deleteRole({ RoleName: id });
        assert.equal((await plugin.read(id, urn, outs)).id, "");
    });
});
