/** Reads the JSON body of a response. The test that calls this function knows the type of the body. */
export const readJson = async <T>(response: Response | Promise<Response>): Promise<T> =>
    (await (await response).json()) as T;
