/**
 * Shares of the monthly limit that requests may cost in one hour. Above the first share, the guard closes API and page. Above the
 * second, it sends a notification.
 */
export const closingShare = 0.05;
export const notificationShare = 0.02;
/** Share of the monthly limit above which requests, and not the campaigns, used up the limit. */
export const requestsShare = 0.5;
