interface Question {
  id: number;
  question: string;
  argument: never;
}

/** The child's side of `ChildProgram`: says that it is ready, answers by name, and ends when the parent lets it go. */
export function answerQuestions(answers: Record<string, (argument: never) => unknown>): void {
  process.on('message', async ({ id, question, argument }: Question) => {
    try {
      const value = await answers[question]?.(argument);
      process.send?.({ id, value });
    } catch (error) {
      process.send?.({ id, error: String(error) });
    }
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ id: 0 });
}
