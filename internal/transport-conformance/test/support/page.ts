/** The group of the vendor's documentation, copied from it instead of encoded with the client's schemas. */
export const groupId = "01g90279gp5sbmfek7wymcsvec"

export const groupJson = `{
  "id": "01g90279gp5sbmfek7wymcsvec",
  "name": "Financial Markets",
  "learningEventUrl": "https://www.coursera.org/learn/financial-markets-global",
  "certificateDesignId": "01fpwtztwf7sacca5r0c483mnm",
  "badgeDesignId": "01hz2ej4yzdcfkq9fa78nhyj0x",
  "createdAt": "2022-01-01T00:00:00.000Z",
  "updatedAt": "2022-01-01T00:00:00.000Z"
}`
