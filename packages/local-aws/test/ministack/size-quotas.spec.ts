import assert from "node:assert/strict";
import { strToU8, zipSync } from "fflate";
import { useEnforcing } from "../gateway/enforcement/support.ts";

const trustOf = (service: string) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: `${service}.amazonaws.com` }, Action: "sts:AssumeRole" }],
    });

describe("Sizes of policies and variables on the local AWS", () => {
    const aws = useEnforcing();
    const createRole = (RoleName: string, service: string) =>
        aws.admin.iam.createRole({ RoleName, AssumeRolePolicyDocument: trustOf(service) });

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
        await createRole("inline", "personalize");
        await put("one", 6000);
        await put("one", 6000);
        await put("two", 4240);
        await assert.rejects(put("two", 4241), {
            name: /LimitExceeded/,
            message: "Cannot exceed quota for PolicySize: 10240",
        });
    });

    it("Lambda refuses environment variables above 4,096 bytes as JSON", async () => {
        await createRole("worker", "lambda");
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
});
