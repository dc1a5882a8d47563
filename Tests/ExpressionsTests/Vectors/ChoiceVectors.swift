import Expressions

extension Vector {
  static let choice: [Vector] = [
    Vector(19, "CBool([a] = [b])", ["a": .text("x1"), "b": .text("x1")], gives: .text("True")),
    Vector(20, "CBool([a] = [b])", ["a": .text("x1"), "b": .text("x2")], gives: .text("False")),
    Vector(21, "CBool(0)", gives: .text("False")),
    Vector(22, "CBool(-3)", gives: .text("True")),
    Vector(
      30, "Coalesce([mail],[userPrincipalName])", ["mail": .null, "userPrincipalName": .text("John.Doe@contoso.com")],
      gives: .text("John.Doe@contoso.com")),
    Vector(31, #"Coalesce([a],[b],"none")"#, ["a": .null, "b": .null], gives: .text("none")),
    Vector(32, "Coalesce([a],[b])", ["a": .null, "b": .null], gives: .null),
    Vector(33, #"Coalesce([a],[b],"none")"#, ["a": .text("A"), "b": .text("B")], gives: .text("A")),
    Vector(34, #"Coalesce([a],"z")"#, ["a": .text("")], gives: .text("")),
    Vector(42, "CStr(12)", gives: .text("12")),
    Vector(43, "CStr([accountEnabled])", ["accountEnabled": .boolean(true)], gives: .text("True")),
    Vector(72, "IgnoreFlowIfNullOrEmpty([companyName])", ["companyName": .null], gives: .skip),
    Vector(73, "IgnoreFlowIfNullOrEmpty([companyName])", ["companyName": .text("")], gives: .skip),
    Vector(74, "IgnoreFlowIfNullOrEmpty([companyName])", ["companyName": .text("Ops")], gives: .text("Ops")),
    Vector(
      75, #"IIF([country]="USA",[country],[department])"#, ["country": .text("USA"), "department": .text("NOC")],
      gives: .text("USA")),
    Vector(
      76, #"IIF([country]="USA",[country],[department])"#, ["country": .text("CAN"), "department": .text("NOC")],
      gives: .text("NOC")),
    Vector(
      77, #"IIF([country]="USA",IIF([state]="CA","True","False"),"False")"#,
      ["country": .text("USA"), "state": .text("NY")], gives: .text("False")),
    Vector(
      78, #"IIF([country]="USA","True",IIF([state]="CA","True","False"))"#,
      ["country": .text("MEX"), "state": .text("CA")], gives: .text("True")),
    Vector(79, #"IIF([country]<>"USA","abroad","home")"#, ["country": .text("FRA")], gives: .text("abroad")),
    Vector(80, #"IIF(Len([employeeId]) > 4,"long","short")"#, ["employeeId": .text("12345")], gives: .text("long")),
    Vector(81, #"IIF([level] >= 10,"senior","junior")"#, ["level": .text("9")], gives: .text("junior")),
    Vector(82, #"IIF([flag] = 1,"on","off")"#, ["flag": .text("1")], gives: .text("on")),
    Vector(83, #"IIF([country]="usa","y","n")"#, ["country": .text("USA")], gives: .text("n")),
    Vector(84, #"IIF([country]="USA","y","n")"#, ["country": .null], gives: .text("n")),
    Vector(90, "IsNull([displayName])", ["displayName": .null], gives: .text("True")),
    Vector(91, "IsNull([displayName])", ["displayName": .text("")], gives: .text("False")),
    Vector(92, "IsNullOrEmpty([displayName])", ["displayName": .text("")], gives: .text("True")),
    Vector(93, "IsNullOrEmpty([displayName])", ["displayName": .text("K")], gives: .text("False")),
    Vector(94, "IsPresent([directManager])", ["directManager": .text("u1")], gives: .text("True")),
    Vector(95, "IsPresent([directManager])", ["directManager": .text("")], gives: .text("False")),
    Vector(96, "IsString([jobTitle])", ["jobTitle": .text("Lead")], gives: .text("True")),
    Vector(122, "Not([IsSoftDeleted])", ["IsSoftDeleted": .text("False")], gives: .text("True")),
    Vector(123, "Not([IsSoftDeleted])", ["IsSoftDeleted": .text("True")], gives: .text("False")),
    Vector(124, #"Not("maybe")"#, gives: .text("True")),
    Vector(
      156,
      #"Switch([state], "Australia/Sydney", "NSW", "Australia/Sydney","QLD", "Australia/Brisbane", "SA", "Australia/Adelaide")"#,
      ["state": .text("QLD")], gives: .text("Australia/Brisbane")),
    Vector(
      157,
      #"Switch([state], "Australia/Sydney", "NSW", "Australia/Sydney","QLD", "Australia/Brisbane", "SA", "Australia/Adelaide")"#,
      ["state": .text("WA")], gives: .text("Australia/Sydney")),
    Vector(
      158, #"Switch([statusFlag], "Default Value", "true", "1", "", "0")"#, ["statusFlag": .null], gives: .text("0")),
    Vector(
      159, #"Switch([statusFlag], "Default Value", "true", "1", "", "0")"#, ["statusFlag": .text("TRUE")],
      gives: .text("Default Value")),
    Vector(160, #"Switch([country],[country],"","Other")"#, ["country": .text("PERU")], gives: .text("PERU")),
    Vector(161, #"Switch([country],[country],"","Other")"#, ["country": .null], gives: .text("Other")),
    Vector(
      162, #"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#, ["IsSoftDeleted": .text("True")],
      gives: .text("False")),
    Vector(
      163, #"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#, ["IsSoftDeleted": .text("False")],
      gives: .text("True")),
    Vector(164, #"Switch([x], , "a", "1")"#, ["x": .text("b")], gives: .null),
    Vector(165, #"Switch([x], "d", "a")"#, ["x": .text("a")], gives: .error),
  ]
}
