package import ProvisioningRules

extension ScopingFilters {
  /// One filter `operations`: department EQUALS Operations.
  package static func operations() throws -> ScopingFilters {
    ScopingFilters([
      ScopingFilter(name: "operations", clauses: [try ScopingClause("department", .equals, "Operations")])
    ])
  }
}
