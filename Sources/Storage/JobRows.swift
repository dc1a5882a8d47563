import GRDB
import Provisioning

extension JobRecord {
  init(row: Row) throws {
    self.init()
    isPaused = row["isPaused"]
    successiveCompleteFailures = row["successiveCompleteFailures"]
    steadyStateFirstAchieved = (row["steadyStateFirstAchieved"] as Int64?).map { Timestamp(milliseconds: $0) }
    steadyStateLastAchieved = (row["steadyStateLastAchieved"] as Int64?).map { Timestamp(milliseconds: $0) }
    last = try CycleExecution(stored: row["last"])
    lastSuccessful = try CycleExecution(stored: row["lastSuccessful"])
    lastSuccessfulWithExports = try CycleExecution(stored: row["lastSuccessfulWithExports"])
  }

  func arguments() throws -> StatementArguments {
    [
      isPaused, successiveCompleteFailures, steadyStateFirstAchieved?.milliseconds,
      steadyStateLastAchieved?.milliseconds, try last?.stored, try lastSuccessful?.stored,
      try lastSuccessfulWithExports?.stored,
    ]
  }
}

extension CycleExecution {
  fileprivate init?(stored text: String?) throws {
    guard let text else { return nil }
    self = try decoded(ExecutionRow.self, text).execution()
  }

  fileprivate var stored: String {
    get throws { try encoded(ExecutionRow(self)) }
  }
}

private struct ExecutionRow: Codable {
  var id: String
  var kind: String
  var began: Int64
  var ended: Int64?
  var failure: FailureRow?
  var imported: Int
  var importedDeltas: Int
  var importedReferenceDeltas: Int
  var entitled: Int
  var entitledForProvisioning: Int
  var exports: Int
  var exported: Int
  var escrowed: Int

  init(_ execution: CycleExecution) {
    id = execution.id
    kind = execution.kind.rawValue
    began = execution.began.milliseconds
    ended = execution.ended?.milliseconds
    failure = execution.failure.map(FailureRow.init)
    imported = execution.counts.imported
    importedDeltas = execution.counts.importedDeltas
    importedReferenceDeltas = execution.counts.importedReferenceDeltas
    entitled = execution.counts.entitled
    entitledForProvisioning = execution.counts.entitledForProvisioning
    exports = execution.counts.exports
    exported = execution.counts.exported
    escrowed = execution.counts.escrowed
  }

  func execution() throws -> CycleExecution {
    var execution = CycleExecution(id: id, kind: try stored(kind), began: Timestamp(milliseconds: began))
    execution.ended = ended.map { Timestamp(milliseconds: $0) }
    execution.failure = try failure?.failure()
    execution.counts.imported = imported
    execution.counts.importedDeltas = importedDeltas
    execution.counts.importedReferenceDeltas = importedReferenceDeltas
    execution.counts.entitled = entitled
    execution.counts.entitledForProvisioning = entitledForProvisioning
    execution.counts.exports = exports
    execution.counts.exported = exported
    execution.counts.escrowed = escrowed
    return execution
  }
}
