/** R6: why someone has to be found by other means than the stored phone. */
export type ContactTaskReason = "WRONG_NUMBER";
