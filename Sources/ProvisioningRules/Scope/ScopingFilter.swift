import Expressions
package import ProvisioningModel

/// Clauses that all have to hold (AND).
package struct ScopingFilter: Hashable, Sendable {
  /// For people to know it by.
  package var name: String
  package var clauses: [ScopingClause]

  package init(name: String, clauses: [ScopingClause]) {
    self.name = name
    self.clauses = clauses
  }
}

/// The filters of the configuration: a user that passes any one of them is in scope (OR). Without filters all pass.
package struct ScopingFilters: Hashable, Sendable {
  package var filters: [ScopingFilter]

  package init(_ filters: [ScopingFilter] = []) {
    self.filters = filters
  }

  /// The attributes that the filters read.
  package var attributeNames: Set<String> {
    Set(filters.lazy.flatMap(\.clauses).map(\.attribute))
  }

  /// - Throws: When no filter is passed, and one of them could not be evaluated: unknown is not "out of scope".
  package func evaluate(_ source: SourceAttributes) throws(Failure) -> FilterEvaluation {
    var evaluation = FilterEvaluation()
    var unknown: Failure?
    for filter in filters {
      do throws(Failure) {
        let results = try Self.results(of: filter, source)
        evaluation.clauses += results
        if evaluation.passedFilter == nil, results.allSatisfy(\.holds) { evaluation.passedFilter = filter.name }
      } catch {
        unknown = error
      }
    }
    if let unknown, evaluation.passedFilter == nil { throw unknown }
    return evaluation
  }

  private static func results(
    of filter: ScopingFilter, _ source: SourceAttributes
  ) throws(Failure) -> [FilterEvaluation.Clause] {
    var results: [FilterEvaluation.Clause] = []
    for clause in filter.clauses {
      do throws(TextPattern.LimitExceeded) {
        let holds = try clause.holds(for: source.value(clause.attribute))
        results.append(.init(filter: filter.name, clause: clause, holds: holds))
      } catch {
        throw Failure(
          .escrow, .internalError,
          "The clause \(clause) of the scoping filter '\(filter.name)' could not be evaluated: \(error).",
          advice: "Simplify the regular expression. Until then the user stays as it is.")
      }
    }
    return results
  }
}

/// What the filters said of one user.
package struct FilterEvaluation: Hashable, Sendable {
  package struct Clause: Hashable, Sendable, CustomStringConvertible {
    package var filter: String
    package var clause: ScopingClause
    package var holds: Bool

    /// As in the configuration; holds no value of the user.
    package var description: String { "\(filter): \(clause)" }
  }

  /// Of every filter, in the order of the configuration.
  package fileprivate(set) var clauses: [Clause] = []
  /// The first filter whose clauses all hold.
  package fileprivate(set) var passedFilter: String?

  package var passes: Bool { passedFilter != nil || clauses.isEmpty }

  /// The first clause of each filter that does not hold.
  package var decidingClauses: [Clause] {
    var seen: Set<String> = []
    return clauses.filter { !$0.holds && seen.insert($0.filter).inserted }
  }
}
