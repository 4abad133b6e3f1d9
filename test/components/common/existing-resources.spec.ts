import assert from "node:assert/strict";
import { keyFault, refuseMissingAdoptions } from "../../../components/common/existing-resources.ts";
import { good } from "../../core/config/parsed.ts";
import { useMocks } from "../mocks.ts";

const arn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const usable = { KeySpec: "SYMMETRIC_DEFAULT", KeyState: "Enabled" };
const failure = (name: string) => Object.assign(new Error(name), { name });

/** Returns the fault of a key that KMS describes so, for a caller of the account. */
const fault = (answer: object | Error, accountId = "123456789012") =>
    keyFault(
        {
            send: async () => {
                if (answer instanceof Error) throw answer;
                return { KeyMetadata: answer };
            },
        } as never,
        arn,
        accountId,
    );

describe("`keyFault`", () => {
    for (const { of, answer, accountId, expected } of [
        { of: "an enabled symmetric key", answer: usable, expected: undefined },
        {
            of: "a key of another account that the caller may use",
            answer: usable,
            accountId: "999999999999",
            expected: undefined,
        },
        {
            of: "a key of another account that denies the caller",
            answer: failure("AccessDeniedException"),
            accountId: "999999999999",
            expected:
                "which belongs to account 123456789012, and that account does not let account 999999999999 use it",
        },
        { of: "a key that does not exist", answer: failure("NotFoundException"), expected: "which does not exist" },
        {
            of: "a disabled key",
            answer: { ...usable, KeyState: "Disabled" },
            expected: "whose state is Disabled",
        },
        {
            of: "an asymmetric key",
            answer: { ...usable, KeySpec: "RSA_2048" },
            expected: "whose key spec is RSA_2048; S3 uses only symmetric keys",
        },
    ]) {
        it(`\`keyFault\` returns ${expected === undefined ? "undefined" : `"${expected}"`} for ${of}`, async () => {
            assert.equal(await fault(answer, accountId), expected);
        });
    }

    it("`keyFault` throws if the caller may not describe a key of the own account", async () => {
        await assert.rejects(fault(failure("AccessDeniedException")), { name: "AccessDeniedException" });
    });
});

describe("`refuseMissingAdoptions`", () => {
    it("`refuseMissingAdoptions` does not look for an adopted campaign that is parked", async () => {
        await useMocks();
        const config = good({ adopt: '{"campaign":"arn:aws:personalize:eu-central-1:123456789012:campaign/old"}' });
        await refuseMissingAdoptions(config, { isParked: true });
        await assert.rejects(
            refuseMissingAdoptions(config, { isParked: false }),
            /adopt\.campaign is .*belongs to account/,
        );
    });
});
