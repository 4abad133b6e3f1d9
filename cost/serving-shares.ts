/**
 * Shares of the monthly limit that requests cost in one hour: the first closes API and page, the second causes a
 * notification before.
 */
export const closingShare = 0.05;
export const notificationShare = 0.02;
/** Share of the monthly limit above which requests, and not the campaigns, used up the limit. */
export const requestsShare = 0.5;
