import assert from "node:assert/strict";
import { assertExit, createClients, testInstance } from "../../../../../test/support/local-aws.ts";
import { detectState, reset } from "../../../control.ts";
import type { Instance } from "../../../instance.ts";
import { discardInstance, runLocal } from "../../instances.ts";

describe("Local AWS started with --no-enforce", () => {
    let instance: Instance;
    before(async () => {
        instance = await testInstance();
    });
    after(() => discardInstance(instance));

    const local = async (...args: string[]) => {
        const result = await runLocal(instance, ...args);
        assertExit(result, 0);
        return result;
    };
    const askWithWrongSecret = async () => {
        const { iam } = createClients(instance, { accessKeyId: "test", secretAccessKey: "wrong" });
        return iam.listUsers({});
    };

    it("`start --no-enforce` prints that policies are not enforced; every key is then accepted, and no access log exists", async () => {
        assert.match((await local("start", "--no-enforce")).stdout, /policies +not enforced: every call is allowed/);
        await askWithWrongSecret();
        assert.equal((await fetch(`http://127.0.0.1:${instance.port}/_local/access`)).status, 409);
    });

    it("`reset` does not start IAM enforcement, and a start with enforcement fails until the local AWS is stopped", async () => {
        await reset(instance, () => {});
        const state = await detectState(instance);
        assert.equal("running" in state && state.running.enforce, false);
        assert.match((await local("start")).stderr, /it runs without enforcement already\. .*npm run local -- stop/);
        await local("stop");
        assert.match((await local("start")).stdout, /policies +enforced/);
        await assert.rejects(askWithWrongSecret(), { name: "SignatureDoesNotMatch" });
    });
});
