import { failure, ServiceError, type ServiceName } from "local-personalize";
import { type Answer, jsonAnswer } from "../answer.ts";
import type { Directory } from "./directory.ts";

/** Why a call is denied: an error in the signature or the access key, AccessDenied, or a service's own error code. */
export interface Reason {
    readonly code: string;
    readonly message: string;
    /** The HTTP status, if it differs from the protocol's usual status for the code. */
    readonly status?: number;
}

/** AWS's message for each error in a signature or an access key. */
export const sentences: Readonly<Record<string, string>> = {
    MissingAuthenticationToken: "Request is missing Authentication Token",
    IncompleteSignature:
        "The request signature does not conform to AWS standards: Credential, SignedHeaders with host, Signature and a date are needed.",
    UnsupportedSignature: "The request signature does not conform to AWS standards. Use AWS4-HMAC-SHA256.",
    SignatureDoesNotMatch:
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    RequestTimeTooSkewed: "Signature expired or not yet current: the request's time is too far from the current time.",
    RequestExpired: "Request has expired",
    UnrecognizedClientException: "The security token included in the request is invalid.",
    InvalidClientTokenId: "The security token included in the request is invalid.",
    InvalidToken: "The security token included in the request is invalid",
    ExpiredTokenException: "The security token included in the request is expired",
};

/** The error codes of services with a JSON protocol, for errors in a signature or an access key. */
const jsonCodes: Readonly<Record<string, string>> = {
    MissingAuthenticationToken: "MissingAuthenticationTokenException",
    IncompleteSignature: "IncompleteSignatureException",
    UnsupportedSignature: "IncompleteSignatureException",
    SignatureDoesNotMatch: "InvalidSignatureException",
    RequestTimeTooSkewed: "InvalidSignatureException",
    RequestExpired: "InvalidSignatureException",
    UnrecognizedClientException: "UnrecognizedClientException",
    InvalidClientTokenId: "UnrecognizedClientException",
    InvalidToken: "UnrecognizedClientException",
    ExpiredTokenException: "ExpiredTokenException",
    AccessDenied: "AccessDeniedException",
};

/** Returns a denial in the protocol of Personalize. */
export function refusalOfPersonalize(service: ServiceName, { code, message }: Reason): Answer {
    const status = service === "personalize" ? 400 : 403;
    return failure(service, new ServiceError(jsonCodes[code] ?? code, message, status));
}

/** Returns a denial in the protocol of any other service, with MiniStack's text. */
export async function createRefusal(
    directory: Directory,
    service: string,
    { principal, action, resource }: { principal: string; action: string; resource: string },
    headers: Readonly<Record<string, string>>,
    reason: Reason,
): Promise<Answer> {
    const { code, message } = reason;
    const given = code === "AccessDenied" ? "" : code;
    const answer = await directory.refusal({ service, principal, action, resource, code: given, message, headers });
    return {
        status: reason.status ?? answer.status,
        headers: answer.headers,
        body: Buffer.from(answer.body, "base64"),
    };
}

/** Returns 403 for a path that belongs to MiniStack itself. */
export function closedAnswer(target: string): Answer {
    const message = `${target.split("?", 1)[0]} is MiniStack's own, which the local AWS keeps closed. It is open without enforcement: npm run local -- start --no-enforce`;
    return jsonAnswer(403, { message });
}
