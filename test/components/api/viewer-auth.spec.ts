import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkViewerAuth } from "../../../components/api/recommendation-api.ts";
import { good } from "../../core/config/parsed.ts";
import { useMocks } from "../mocks.ts";

describe("`checkViewerAuth`", () => {
    useMocks();
    const check = (issuer: string, env: NodeJS.ProcessEnv) => {
        const config = good({ viewerAuth: JSON.stringify({ issuer, audience: "films" }) });
        checkViewerAuth(config, env, new pulumi.ComponentResource("test:Issuer", "issuer"));
    };

    it("on AWS, `checkViewerAuth` requires an issuer with https://", () => {
        const local = "http://127.0.0.1:8080";
        assert.throws(
            () => check(local, {}),
            /viewerAuth\.issuer is "http:\/\/127\.0\.0\.1:8080"; AWS needs an https:\/\/ issuer/,
        );
        check("https://login.example", {});
        check(local, { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" });
    });
});
