import assert from "node:assert/strict";
import { strToU8, zipSync } from "fflate";
import { allow, policy, useEnforcing } from "../gateway/enforcement/support.ts";

describe("Sizes of policies and variables on the local AWS", () => {
    const aws = useEnforcing();
    /** Returns a policy with this number of characters, not counting white space. */
    const documentOf = (length: number) => {
        const text = (resource: string) => policy(allow("s3:GetObject", resource));
        const arn = "arn:aws:s3:::";
        return `${" ".repeat(99)}${text(arn + "x".repeat(length - text(arn).length))}`;
    };

    it("IAM refuses a managed policy above 6,144 characters", async () => {
        const make = (PolicyName: string, length: number) =>
            aws.admin.iam.createPolicy({ PolicyName, PolicyDocument: documentOf(length) });
        await make("long", 6144);
        await assert.rejects(make("longer", 6145), {
            name: /LimitExceeded/,
            message: "Cannot exceed quota for PolicySize: 6144",
        });
    });

    it("IAM refuses inline policies of a role above 10,240 characters together", async () => {
        const write = (PolicyName: string, length: number) =>
            aws.admin.iam.putRolePolicy({ RoleName: "inline", PolicyName, PolicyDocument: documentOf(length) });
        await aws.role("inline", { Service: "personalize.amazonaws.com" });
        await write("one", 9_940);
        await write("one", 9_940);
        await write("two", 300);
        await assert.rejects(write("two", 301), {
            name: /LimitExceeded/,
            message: "Maximum policy size of 10240 bytes exceeded for role inline",
        });
    });

    it("Lambda refuses environment variables above 4,096 bytes as JSON", async () => {
        const Role = await aws.role("worker", { Service: "lambda.amazonaws.com" });
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
