package harness

import com.cloudbees.groovy.cps.NonCPS
import org.codehaus.groovy.ast.ClassNode
import org.codehaus.groovy.ast.CodeVisitorSupport
import org.codehaus.groovy.ast.MethodNode
import org.codehaus.groovy.ast.builder.AstBuilder
import org.codehaus.groovy.ast.expr.ClosureExpression
import org.codehaus.groovy.ast.expr.MethodCallExpression
import org.codehaus.groovy.ast.expr.TupleExpression
import org.codehaus.groovy.ast.stmt.BlockStatement
import org.codehaus.groovy.ast.stmt.ExpressionStatement
import org.codehaus.groovy.ast.stmt.Statement
import org.codehaus.groovy.control.CompilePhase

/** What Jenkins refuses before it runs anything, found in the syntax. */
class Checks {
    private final StepTable table
    private final Set<String> vars

    Checks(StepTable table, Set<String> vars) {
        this.table = table
        this.vars = vars
    }

    /** Steps outside of `script` are calls and nothing else. */
    void jenkinsfile(File file) {
        visitCalls(tree(file)) { MethodCallExpression call ->
            if (!(call.methodAsString in ['steps'] + Section.CONDITIONS)) return
            Statement block = blockOf(call)
            if (block == null) return
            (block as BlockStatement).statements.each { Statement statement ->
                boolean isCall = statement instanceof ExpressionStatement && (statement as ExpressionStatement).expression instanceof MethodCallExpression
                if (!isCall) throw new HarnessError("${file.name}:${statement.lineNumber}: ${call.methodAsString} holds steps only; put this into script { … }")
            }
        }
    }

    /** What is compiled as plain Groovy can't wait for a step. */
    void library(File folder) {
        (folder.listFiles() ?: []).findAll { it.name.endsWith('.groovy') }.each { file ->
            tree(file).findAll { it instanceof ClassNode }.each { ClassNode type ->
                type.methods.findAll { it.annotations.any { it.classNode.nameWithoutPackage == NonCPS.simpleName } }.each { MethodNode method ->
                    visitCalls([method.code]) { MethodCallExpression call ->
                        boolean own = type.methods.any { it.name == call.methodAsString }
                        if (call.implicitThis && !own && (table.knows(call.methodAsString) || vars.contains(call.methodAsString)))
                            throw new HarnessError("${file.name}:${call.lineNumber}: ${method.name} is @NonCPS and can't call the step ${call.methodAsString}")
                    }
                }
            }
        }
    }

    private static List tree(File file) { new AstBuilder().buildFromString(CompilePhase.CONVERSION, false, file.text) }

    private static Statement blockOf(MethodCallExpression call) {
        if (!(call.arguments instanceof TupleExpression)) return null
        def last = (call.arguments as TupleExpression).expressions ? (call.arguments as TupleExpression).expressions.last() : null
        return last instanceof ClosureExpression ? (last as ClosureExpression).code : null
    }

    private static void visitCalls(List nodes, Closure found) {
        def visitor = new CodeVisitorSupport() {
            @Override
            void visitMethodCallExpression(MethodCallExpression call) {
                found(call)
                super.visitMethodCallExpression(call)
            }
        }
        nodes.each { if (it instanceof Statement) it.visit(visitor) }
    }
}
