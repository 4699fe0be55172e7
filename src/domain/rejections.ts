import type { RejectionCode } from "./face-assertion.js";
import type { Text } from "./language.js";

const texts: Readonly<Record<RejectionCode, Text>> = {
  FACE_MISMATCH: {
    "zh-CN": "人脸比对未通过，请在光线充足处由待遇领取人员本人重试，或选择其他渠道办理。",
    en: "The face did not match. Try again in good light with the pensioner's own face, or use another channel.",
  },
  LIVENESS_FAILED: {
    "zh-CN": "活体检测未通过，请按提示完成动作后重试，或选择其他渠道办理。",
    en: "The liveness check failed. Follow the prompts and try again, or use another channel.",
  },
  DOCUMENT_INVALID: { "zh-CN": "证件无效。", en: "The document is not valid." },
  DOCUMENT_EXPIRED: {
    "zh-CN": "证件已过有效期，请先换领证件。",
    en: "The document has expired; please renew it first.",
  },
  PHOTO_INCOMPLETE: {
    "zh-CN": "照片须同时显示人脸、时间和证照。",
    en: "The photo must show the face, the time and the document.",
  },
  EVIDENCE_NOT_ADMISSIBLE: {
    "zh-CN": "该数据不能作为资格认证依据。",
    en: "This data is not evidence for a certification.",
  },
  REVIEW_REJECTED: { "zh-CN": "审核未通过。", en: "The review did not accept the submission." },
  OTHER: {
    "zh-CN": "认证未通过，请选择其他渠道办理。",
    en: "The certification did not pass; please use another channel.",
  },
};

/** E8: the text to show with a rejection. */
export function rejectionText(code: RejectionCode): Text {
  return texts[code];
}
