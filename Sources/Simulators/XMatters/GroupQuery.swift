import JSON

/// The filters of `GET /groups` (docs/reference/xmatters-api.md, "Groups and members").
struct GroupQuery {
  private let query: [String: String]
  private let terms: [String]

  init(_ query: [String: String]) {
    self.query = query
    terms = Self.terms(query["search"] ?? "")
  }

  func includes(_ group: Instance.Group, _ instance: Instance) -> Bool {
    guard query["groupType"].map({ $0 == group.type }) ?? true, query["status"].map({ $0 == group.status }) ?? true
    else { return false }
    if let members = query["members"] {
      let wanted = members.split(separator: ",").compactMap { instance.recipient(String($0))?.id }
      guard wanted.contains(where: group.members.contains) else { return false }
    }
    if let supervisors = query["supervisors"] {
      let wanted = supervisors.split(separator: ",").compactMap { instance.person(String($0))?.id }
      guard wanted.contains(where: group.supervisors.contains) else { return false }
    }
    return matchesSearch(group)
  }

  private func matchesSearch(_ group: Instance.Group) -> Bool {
    guard !terms.isEmpty else { return true }
    let fields = (query["fields"] ?? "NAME,DESCRIPTION").split(separator: ",")
    var texts: [String] = []
    if fields.contains("NAME") { texts.append(group.name.lowercased()) }
    if fields.contains("DESCRIPTION") { texts.append((group.fields["description"]?.string ?? "").lowercased()) }
    func holds(_ term: String) -> Bool { texts.contains { $0.contains(term) } }
    return query["operand"] == "AND" ? terms.allSatisfy(holds) : terms.contains(where: holds)
  }

  /// Separated by blanks; what stands in quotation marks is one term.
  private static func terms(_ search: String) -> [String] {
    search.lowercased().split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { part in
      part.offset % 2 == 1 ? [String(part.element)] : part.element.split(separator: " ").map(String.init)
    }.filter { !$0.isEmpty }
  }

  func sorted(_ groups: [Instance.Group]) -> [Instance.Group] {
    guard let field = query["sortBy"] else { return groups }
    func key(_ group: Instance.Group) -> String {
      switch field {
      case "GROUPTYPE": group.type
      case "STATUS": group.status
      default: group.name
      }
    }
    let sorted = groups.sorted { key($0) < key($1) }
    return query["sortOrder"] == "DESCENDING" ? sorted.reversed() : sorted
  }
}
