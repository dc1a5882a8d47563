import Expressions
import MicrosoftGraph
import ProvisioningRules

/// Reads `scopingFilters` (docs/configuration.md, "Scoping filters").
enum FilterReader {
  static func read(_ reader: inout ConfigurationReader) -> ScopingFilters {
    var filters: [ScopingFilter] = []
    for (index, item) in (reader.items("scopingFilters") ?? []).enumerated() {
      var item = item
      let filter = read(&item, number: index + 1)
      if filters.contains(where: { $0.name == filter.name }) {
        item.report("name", "'\(filter.name)' is the name of another filter too: give each its own")
      }
      filters.append(filter)
      reader.absorb(item)
    }
    return ScopingFilters(filters)
  }

  private static func read(_ item: inout ItemReader, number: Int) -> ScopingFilter {
    let name = item.text("name") ?? "filter \(number)"
    var clauses: [ScopingClause] = []
    let items = item.items("clauses")
    if items.isEmpty {
      item.report("clauses", "must have one clause at least: a filter without any lets everybody through")
    }
    for var clause in items {
      if let read = read(&clause) { clauses.append(read) }
      item.absorb(clause)
    }
    item.reportUnknownKeys()
    return ScopingFilter(name: name, clauses: clauses)
  }

  private static func read(_ item: inout ItemReader) -> ScopingClause? {
    let attribute = item.requiredText("attribute")
    let operatorName = item.requiredText("operator")
    let value = item.text("value")
    item.reportUnknownKeys()
    let comparison = operatorName.flatMap { readOperator($0, &item) }
    if let attribute { checkAttribute(attribute, comparison, &item) }
    guard let attribute, let comparison else { return nil }
    do throws(ScopingClause.Invalid) {
      let clause = try ScopingClause(attribute, comparison, value)
      if let lint = clause.lint { item.warn("value", lint) }
      if attribute == "userPrincipalName", value?.contains("#EXT#") == true {
        item.warn("value", "userPrincipalName is read without #EXT#: ask originalUserPrincipalName or userType instead")
      }
      return clause
    } catch {
      item.report("value", "\(error)")
      return nil
    }
  }

  private static func readOperator(_ name: String, _ item: inout ItemReader) -> ClauseOperator? {
    if let comparison = ClauseOperator(spelled: name) { return comparison }
    let names = ClauseOperator.allCases.map(\.rawValue)
    let guess = NearestName.of(name, among: names).map { ", did you mean '\($0)'?" } ?? ""
    item.report("operator", "'\(name)' is not one of \(names.joined(separator: ", "))\(guess)")
    return nil
  }

  /// What Entra does not support in filters is refused here as well (docs/reference/entra-provisioning.md, "Scoping filters"). `userType`
  /// is not: guests are what most people want to tell apart.
  private static func checkAttribute(_ name: String, _ comparison: ClauseOperator?, _ item: inout ItemReader) {
    let asksTruth = comparison == .isTrue || comparison == .isFalse
    switch UserProperty.kind(of: name) {
    case nil:
      let guess = NearestName.of(name, among: UserProperty.names).map { ", did you mean '\($0)'?" } ?? ""
      item.report("attribute", "'\(name)' is not an attribute of a user\(guess)")
    case .list:
      item.report("attribute", "'\(name)' has several values: scoping filters read attributes with one value only")
    case .object:
      item.report("attribute", "'\(name)' is no single value: name one of its own, as in '\(name).name'")
    case .date:
      item.report("attribute", "'\(name)' is a date: scoping filters have no operators for dates")
    case .computed:
      item.report("attribute", "'\(name)' is not stored with the user: scoping filters cannot read it")
    case .boolean:
      guard let comparison, !asksTruth, comparison != .isNull, comparison != .isNotNull else { return }
      item.report("operator", "'\(name)' is true or false: use IS TRUE, IS FALSE, IS NULL or IS NOT NULL")
    case .text:
      if asksTruth, !name.contains("_") {
        item.report("operator", "'\(name)' is text: \(comparison?.rawValue ?? "") never holds for it")
      }
    }
  }
}
