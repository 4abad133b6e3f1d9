/** IAM policy evaluation. README.md lists what this package covers; comments cite the source of each rule. */
export { accountOf, parseArn, regionalArn } from "./arn.ts";
export {
    type ApplicablePolicies,
    type Authorization,
    authorize,
    type PolicyType,
    type UnseenLayer,
    unseenLayers,
} from "./authorize.ts";
export { contextOfCaller, createLookup, type Lookup, type RequestContext } from "./context.ts";
export {
    type ConditionBlock,
    type OneOrMany,
    type PolicyDocument,
    type Principals,
    type Statement,
    toList,
} from "./document.ts";
export {
    type AccessRequest,
    type Caller,
    type Decision,
    evaluate,
    explain,
    type NamedPolicy,
} from "./evaluate.ts";
export {
    dataBucketPolicy,
    executionRolePolicy,
    executionRoleTrust,
    type ImportPlace,
    keyActions,
    onlyForUs,
    onlyFrom,
    onlyWithTls,
    personalizeSourceArn,
    type ServiceCaller,
    serviceTrust,
} from "./import-policies.ts";
export {
    assumeRole,
    decrypts,
    type Import,
    passRole,
    personalizeService,
    roleReads,
    serviceReads,
} from "./import-requests.ts";
export {
    describeProblems,
    type ParsedPolicy,
    parsePolicy,
    sizeLimits,
} from "./parse.ts";
export { isRoot, parseSessionArn } from "./principal.ts";
export { matchStatement, type PolicyKind } from "./statement.ts";
