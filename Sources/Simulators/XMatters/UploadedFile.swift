/// The file in a `multipart/form-data` body, read as CSV. Pure.
struct UploadedFile: Sendable {
  /// Each row by the names of the columns.
  let rows: [[String: String]]

  /// Nil when there is no part named `file`, or it has no line of column names.
  init?(_ request: SimulatedRequest) {
    let type = request.headers["content-type"] ?? ""
    guard type.hasPrefix("multipart/form-data"), let mark = type.firstRange(of: "boundary=") else { return nil }
    let boundary = "--" + type[mark.upperBound...].filter { $0 != "\"" }
    let body = String(decoding: request.body, as: UTF8.self)
    guard let part = Self.part(named: "file", body, boundary) else { return nil }
    var lines = Self.cells(part)
    guard !lines.isEmpty else { return nil }
    let head = lines.removeFirst()
    rows = lines.map { line in Dictionary(zip(head, line)) { first, _ in first } }
  }

  private static func part(named name: String, _ body: String, _ boundary: String) -> Substring? {
    for part in body.split(separator: boundary) {
      guard let blank = part.firstRange(of: "\r\n\r\n"), part[..<blank.lowerBound].contains("name=\"\(name)\"") else {
        continue
      }
      let content = part[blank.upperBound...]
      return content.hasSuffix("\r\n") ? content.dropLast() : content
    }
    return nil
  }

  /// Lines of cells (RFC 4180).
  private static func cells(_ text: Substring) -> [[String]] {
    var lines: [[String]] = [[]]
    var cell = ""
    var isQuoted = false
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"" where isQuoted && rest.first == "\"":
        rest.removeFirst()
        cell.unicodeScalars.append(scalar)
      case "\"": isQuoted.toggle()
      case "," where !isQuoted, "\n" where !isQuoted:
        lines[lines.count - 1].append(cell)
        cell = ""
        if scalar == "\n" { lines.append([]) }
      case "\r" where !isQuoted: continue
      default: cell.unicodeScalars.append(scalar)
      }
    }
    lines[lines.count - 1].append(cell)
    return lines.filter { $0 != [""] }
  }
}
