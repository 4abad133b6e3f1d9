import assert from "node:assert/strict";
import { strToU8, zipSync } from "fflate";
import { region } from "../../../../test/support/local-aws.ts";
import { useEnforcing } from "../gateway/enforcement/support.ts";

const Bucket = "films";
const stranger = "b7".repeat(32);
const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "personalize.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

describe("Objects of S3, names and descriptions of IAM, and sizes of policies and variables, on the local AWS", () => {
    const aws = useEnforcing();

    it("PutObject, CopyObject and CreateMultipartUpload reject keys over 1,024 bytes", async () => {
        const { s3 } = aws.admin;
        const Other = { Bucket: "keys", Key: "é".repeat(512) };
        const CreateBucketConfiguration = { LocationConstraint: region } as const;
        await s3.createBucket({ Bucket: Other.Bucket, CreateBucketConfiguration });
        await s3.putObject({ ...Other, Body: "x" });
        const Key = `${Other.Key}x`;
        const CopySource = encodeURI(`${Other.Bucket}/${Other.Key}`);
        for (const call of [
            () => s3.putObject({ ...Other, Key, Body: "x" }),
            () => s3.copyObject({ ...Other, Key, CopySource }),
            () => s3.createMultipartUpload({ ...Other, Key }),
        ]) {
            await assert.rejects(call, { name: "KeyTooLongError" });
        }
        const { Contents = [] } = await s3.listObjectsV2({ Bucket: Other.Bucket });
        assert.deepEqual(
            Contents.map(({ Key: key }) => key),
            [Other.Key],
        );
    });

    it("GetBucketEncryption returns SSE-C as blocked until PutBucketEncryption sends other types", async () => {
        const { s3 } = aws.admin;
        const of = { Bucket: "sse" };
        await s3.createBucket({ ...of, CreateBucketConfiguration: { LocationConstraint: region } });
        const blocked = async () => {
            const { ServerSideEncryptionConfiguration: { Rules = [] } = {} } = await s3.getBucketEncryption(of);
            return Rules.map(({ BlockedEncryptionTypes }) => BlockedEncryptionTypes?.EncryptionType);
        };
        const put = (types?: "NONE"[]) =>
            s3.putBucketEncryption({
                ...of,
                ServerSideEncryptionConfiguration: {
                    Rules: [
                        {
                            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
                            ...(types && { BlockedEncryptionTypes: { EncryptionType: types } }),
                        },
                    ],
                },
            });
        assert.deepEqual(await blocked(), [["SSE-C"]]);
        await put();
        assert.deepEqual(await blocked(), [["SSE-C"]]);
        await put(["NONE"]);
        assert.deepEqual(await blocked(), [["NONE"]]);
        await put();
        assert.deepEqual(await blocked(), [["NONE"]]);
        await s3.deleteBucket(of);
    });

    it("ListObjectsV2 returns the ACL's owner unless BucketOwnerEnforced is set", async () => {
        const { s3 } = aws.admin;
        const CreateBucketConfiguration = { LocationConstraint: region } as const;
        await s3.createBucket({ Bucket, CreateBucketConfiguration });
        const own = (ObjectOwnership: "ObjectWriter" | "BucketOwnerEnforced") =>
            s3.putBucketOwnershipControls({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } });
        await own("ObjectWriter");
        for (const Key of ["ours.csv", "their & films.csv"]) await s3.putObject({ Bucket, Key, Body: "x" });
        const Owner = { ID: stranger };
        const Grants = [{ Grantee: { Type: "CanonicalUser" as const, ...Owner }, Permission: "FULL_CONTROL" as const }];
        await s3.putObjectAcl({ Bucket, Key: "their & films.csv", AccessControlPolicy: { Owner, Grants } });
        const listed = async () => {
            const { Contents = [] } = await s3.listObjectsV2({ Bucket, FetchOwner: true });
            return Contents.map(({ Key, Owner: { ID } = {} }) => [Key, ID === stranger]);
        };
        assert.deepEqual(await listed(), [
            ["ours.csv", false],
            ["their & films.csv", true],
        ]);
        await own("BucketOwnerEnforced");
        assert.deepEqual(await listed(), [
            ["ours.csv", false],
            ["their & films.csv", false],
        ]);
    });

    const createRole = (RoleName: string, more: object = {}) =>
        aws.admin.iam.createRole({ RoleName, AssumeRolePolicyDocument: trust, ...more });

    for (const { what, create, message } of [
        {
            what: "CreateRole rejects a name with <",
            create: () => createRole("a<b"),
            message:
                "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
        },
        {
            what: "CreateRole rejects a name of 65 characters",
            create: () => createRole("a".repeat(65)),
            message: /at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64/,
        },
        {
            what: "CreateRole rejects a tag with &",
            create: () => createRole("tagged", { Tags: [{ Key: "a", Value: "b&c" }] }),
            message: /at 'tags.member.1.Value' failed to satisfy constraint: Member must satisfy regular expression/,
        },
        {
            what: "CreateUser rejects a name with a space",
            create: () => aws.admin.iam.createUser({ UserName: "a b" }),
            message: /The specified value for userName is invalid/,
        },
    ]) {
        it(what, () => assert.rejects(create, { name: /ValidationError/, message }));
    }

    it("IAM refuses a managed policy above 6,144 characters, and inline policies of a role above 10,240 together", async () => {
        const documentOf = (length: number) => {
            const text = (Resource: string) =>
                JSON.stringify({
                    Version: "2012-10-17",
                    Statement: { Effect: "Allow", Action: "s3:GetObject", Resource },
                });
            const arn = "arn:aws:s3:::";
            return `${" ".repeat(99)}${text(arn + "x".repeat(length - text(arn).length))}`;
        };
        const make = (PolicyName: string, length: number) =>
            aws.admin.iam.createPolicy({ PolicyName, PolicyDocument: documentOf(length) });
        const put = (PolicyName: string, length: number) =>
            aws.admin.iam.putRolePolicy({ RoleName: "inline", PolicyName, PolicyDocument: documentOf(length) });
        await make("long", 6144);
        await assert.rejects(make("longer", 6145), {
            name: /LimitExceeded/,
            message: "Cannot exceed quota for PolicySize: 6144",
        });
        await createRole("inline");
        await put("one", 6000);
        await put("one", 6000);
        await put("two", 4240);
        await assert.rejects(put("two", 4241), {
            name: /LimitExceeded/,
            message: "Cannot exceed quota for PolicySize: 10240",
        });
    });

    it("Lambda refuses environment variables above 4,096 bytes as JSON", async () => {
        await createRole("worker", { AssumeRolePolicyDocument: trust.replace("personalize", "lambda") });
        const Role = "arn:aws:iam::000000000000:role/worker";
        const make = (FunctionName: string, value: string) =>
            aws.admin.lambda.createFunction({
                ...{ FunctionName, Role, Runtime: "nodejs24.x", Handler: "index.handler" },
                Code: { ZipFile: zipSync({ "index.js": strToU8("") }) },
                Environment: { Variables: { A: value } },
            });
        await assert.rejects(make("long", `${'"'.repeat(2044)}x`), {
            name: "InvalidParameterValueException",
            message: /exceeded the 4KB limit\. String measured: /,
        });
        await make("short", '"'.repeat(2044));
        await assert.rejects(
            aws.admin.lambda.updateFunctionConfiguration({
                FunctionName: "short",
                Environment: { Variables: { A: "x".repeat(4089) } },
            }),
            { name: "InvalidParameterValueException" },
        );
    });

    it("roles, users and policies can be read if a path or a description contains < and &", async () => {
        const Description = "Reads <films> & more";
        const Path = "/a&b<c/";
        await createRole("reader", { Description, Path, Tags: [{ Key: "Título", Value: "a b@c" }] });
        await aws.admin.iam.createUser({ UserName: "reader", Path });
        await aws.admin.iam.createPolicy({
            PolicyName: "reader",
            Description,
            PolicyDocument: JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
            }),
        });
        const { Role } = await aws.admin.iam.getRole({ RoleName: "reader" });
        assert.deepEqual([Role?.Description, Role?.Path, Role?.Tags?.[0]?.Key], [Description, Path, "Título"]);
        assert.equal(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), trust);
        const { Roles = [] } = await aws.admin.iam.listRoles({});
        assert.equal(Roles.find(({ RoleName }) => RoleName === "reader")?.Path, Path);
        const { Users = [] } = await aws.admin.iam.listUsers({});
        assert.ok(Users.some((user) => user.Path === Path));
        const { Policies = [] } = await aws.admin.iam.listPolicies({ Scope: "Local" });
        assert.equal(Policies.find(({ PolicyName }) => PolicyName === "reader")?.Description, Description);
    });
});
