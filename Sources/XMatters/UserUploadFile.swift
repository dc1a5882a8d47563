import ProvisioningModel

/// The file of a user upload, version 1.5 (docs/reference/xmatters-api.md, "User upload"): CSV in UTF-8, a line of column names, then a
/// line a person. A column that is not there leaves a value as it is, a blank cell clears it: there is no cell without a value.
struct UserUploadFile: Sendable {
  static let name = "rollcall.csv"

  let text: String

  /// - Parameter people: All of them have the same devices.
  init(_ people: [NewPerson]) {
    let devices = people.first?.devices.map(\.name) ?? []
    let head = ["Operation", "User", "First Name", "Last Name", "Site", "Role"] + devices
    let rows = people.map { person in
      // Several values of one cell are parted by a bar.
      [
        "process", person.targetName, person.firstName, person.lastName, person.site,
        person.roles.joined(separator: "|"),
      ]
        + person.devices.map(\.address)
    }
    text = ([head] + rows).map { $0.map(Self.cell).joined(separator: ",") + "\r\n" }.joined()
  }

  /// As RFC 4180 quotes: in quotes, and quotes doubled, where a comma, a quote or an end of line would part it; blanks at an end likewise.
  private static func cell(_ text: String) -> String {
    let needsQuotes = text.unicodeScalars.contains { ["\"", ",", "\r", "\n"].contains($0) }
    guard needsQuotes || text.first?.isWhitespace == true || text.last?.isWhitespace == true else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}

extension RequestBody {
  /// One file as `multipart/form-data` (RFC 7578).
  init(file text: String, named name: String, field: String) {
    var boundary = "rollcall-part"
    while text.contains(boundary) { boundary += "-x" }
    let body = """
      --\(boundary)\r
      Content-Disposition: form-data; name="\(field)"; filename="\(name)"\r
      Content-Type: text/csv; charset=utf-8\r
      \r
      \(text)\r
      --\(boundary)--\r

      """
    self.init(contentType: "multipart/form-data; boundary=\(boundary)", bytes: Array(body.utf8))
  }
}
