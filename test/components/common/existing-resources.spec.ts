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
    const other = "999999999999";
    const foreign = `which belongs to account 123456789012, and that account does not let account ${other} use it`;
    const asymmetric = "whose key spec is RSA_2048; S3 uses only symmetric keys";
    const cases: [of: string, answer: object, expected: string | undefined, accountId?: string][] = [
        ["an enabled symmetric key", usable, undefined],
        ["a key of another account that the caller may use", usable, undefined, other],
        ["a key of another account that denies the caller", failure("AccessDeniedException"), foreign, other],
        ["a key that does not exist", failure("NotFoundException"), "which does not exist"],
        ["a disabled key", { ...usable, KeyState: "Disabled" }, "whose state is Disabled"],
        ["an asymmetric key", { ...usable, KeySpec: "RSA_2048" }, asymmetric],
    ];
    for (const [of, answer, expected, accountId] of cases) {
        it(`\`keyFault\` returns ${expected === undefined ? "undefined" : `"${expected}"`} for ${of}`, async () =>
            assert.equal(await fault(answer, accountId), expected));
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
