/** R5, R2: tells of a suspension: why, how to mend it, and that the months are paid later; no link, a number to call. */
export function paymentSuspendedSms(name: string, from: Temporal.PlainYearMonth): string {
  const month = String(from.month).padStart(2, "0");
  return `【北京市人力社保局】尊敬的待遇领取人${name}, 因未在有效期内完成资格认证, 您的待遇自${from.year}年${month}月起暂停发放。请尽快通过京通小程序、社保经办窗口或合作银行网点办理认证, 认证通过后恢复发放并补发暂停的月份。如有疑问请拨打12333。`;
}
