/** What tests look at in an answer that supertest brings; its `body` could be anything. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  readonly text: string;
}

/** The answer to a request of supertest, typed by what is known about it. */
export async function answerTo(request: PromiseLike<Answer>): Promise<Answer> {
  return request;
}
